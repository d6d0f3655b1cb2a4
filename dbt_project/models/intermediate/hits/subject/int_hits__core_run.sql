{#
  Core runs of an SKC: its sizes are bits by their place in the run, a core run is the sum of three
  neighbouring bits. Runs are configured by size and zone (seeds/core_runs.csv); an SKC none of whose
  sizes are configured takes any three neighbouring sizes.
#}
with size as (
    select distinct skc_id, size_code, size_bit from {{ ref('int_hits__size') }}  -- a size may have two codes
),

configured as (
    select
        size.skc_id,
        run.zone_group,
        run.size_1,
        run.size_2,
        run.size_3,
        cast(sum(size.size_bit) as bigint) as run_mask
    from size
    inner join {{ ref('core_runs') }} as run on size.size_code in (run.size_1, run.size_2, run.size_3)
    group by size.skc_id, run.zone_group, run.size_1, run.size_2, run.size_3
    having count(*) = 3
),

neighbours as (
    select size.skc_id, zone.zone_group, size.size_bit * 7 as run_mask
    from size
    inner join size as third on size.skc_id = third.skc_id and third.size_bit = size.size_bit * 4
    cross join (select distinct zone_group from {{ ref('core_run_zones') }}) as zone  -- many zones a group
    where size.skc_id not in (select skc_id from configured)
)

select skc_id, zone_group, run_mask from configured
union all
select skc_id, zone_group, run_mask from neighbours
