-- What bundles and multi-packs contain, one row a component. The newest list that names a bundle says
-- all of it. The price is shared by the list's shares; where one is missing, by pieces.
with listed as (
    select
        bundle_code,
        barcode,
        qty,
        share
    from {{ ref('stg_ec__bundle') }}
    where qty > 0
    qualify dense_rank() over (
        partition by bundle_code order by _file_date desc nulls last, _file_seq desc nulls last
    ) = 1
),

weighed as (
    select
        bundle_code,
        barcode,
        qty,
        row_number() over (partition by bundle_code order by barcode nulls last) as part_no,
        case
            when min(coalesce(share, 0)) over (partition by bundle_code) > 0
                then cast(share * 10000 as bigint)
            else qty
        end as weight
    from listed
)

select
    bundle_code,
    barcode,
    cast(qty as bigint) as pieces,
    '/' || cast(part_no as string) as line_part,
    cast(weight as bigint) as weight,
    cast(sum(weight) over (
        partition by bundle_code order by part_no nulls last rows between unbounded preceding and current row
    ) - weight as bigint) as done,
    cast(sum(weight) over (partition by bundle_code) as bigint) as whole
from weighed
