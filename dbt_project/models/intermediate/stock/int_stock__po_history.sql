-- What the latest version of a purchase line no longer says: the delivery date promised first, and the
-- day on which its cancelled pieces were first reported.
with version as (
    select
        po.po_no,
        po.line_no,
        po.promised_date,
        coalesce(po.cancelled_units, 0) as cancelled_units,
        coalesce(cast(po.modified_at as date), po._file_date) as seen_on,
        row_number() over (
            partition by po.po_no, po.line_no
            order by po.modified_at nulls last, po._file_date nulls last, po._file_seq, po._content_hash
        ) as version_no
    from {{ source('bronze', 'erp_po') }} as po
),

promise as (
    select
        po_no,
        line_no,
        promised_date
    from version
    where promised_date is not null
    qualify row_number() over (partition by po_no, line_no order by version_no) = 1
),

cancellation as (
    select
        version.po_no,
        version.line_no,
        min(version.seen_on) as cancelled_date
    from version
    inner join {{ ref('stg_erp__po') }} as latest
        on latest.po_no = version.po_no and latest.line_no = version.line_no
    where version.cancelled_units > 0 and version.cancelled_units >= latest.cancelled_units
    group by version.po_no, version.line_no
)

select
    latest.po_no,
    latest.line_no,
    promise.promised_date as first_promised_date,
    case when coalesce(latest.cancelled_units, 0) > 0 then cancellation.cancelled_date end
        as cancelled_date
from {{ ref('stg_erp__po') }} as latest
left join promise on promise.po_no = latest.po_no and promise.line_no = latest.line_no
left join cancellation on cancellation.po_no = latest.po_no and cancellation.line_no = latest.line_no
