"""What identifies a row of each feed; the truth names rows by these columns. Data only."""

from __future__ import annotations

KEYS: dict[str, tuple[str, ...]] = {
    "crm_member": ("member_no",),
    "ec_event": ("event_id",),
    "ec_order": ("platform", "order_no"),
    "ec_order_line": ("platform", "order_no", "line_no"),
    "ec_presale": ("campaign", "order_no", "barcode"),
    "ec_refund": ("platform", "refund_no"),
    "ec_shipment": ("parcel_no", "order_no", "line_no"),
    "erp_assortment": ("season", "style_code", "color_code", "store_code"),
    "erp_cost": ("style_code", "color_code", "period"),
    "erp_location": ("store_code",),
    "erp_po": ("po_no", "line_no"),
    "erp_price": ("price_list", "style_code", "color_code", "valid_from"),
    "erp_skc": ("style_code", "color_code"),
    "erp_sku": ("barcode",),
    "erp_stock_move": ("doc_no", "line_no"),
    "erp_stock_snap": ("snap_date", "store_code", "barcode"),
    "erp_style": ("style_code",),
    "erp_supplier": ("supplier_code",),
    "ops_calendar": ("calendar_date",),
    "pos_receipt": ("store_code", "biz_date", "receipt_no"),
    "pos_receipt_line": ("store_code", "biz_date", "receipt_no", "line_no"),
    "pos_return": ("store_code", "return_no", "line_no"),
    "pos_staff": ("staff_code",),
    "pos_traffic": ("store_code", "biz_date", "hour"),
}
