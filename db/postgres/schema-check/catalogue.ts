/**
 * The schema `public` as one JSON text. Written against the catalogue's columns, not against the texts
 * of `pg_get_indexdef` and the like, which differ between versions; what version 18 added is read
 * through `to_jsonb`, so that the statement runs on 15 as well. Not-null constraints, which are rows of
 * pg_constraint since 18, are left out: the column says it. What extensions bring is not ours.
 *
 * No generate_series: the planner takes it for a thousand rows, and then compiles the statement, which
 * takes seconds where running it takes milliseconds.
 */
const columnsOf = (keys: string, table: string) => `coalesce((
  select json_agg(a.attname order by u.place)
  from unnest(${keys}) with ordinality u(number, place)
  join pg_attribute a on a.attrelid = ${table} and a.attnum = u.number), '[]')`;

const fromExtension = (catalogue: string, row: string) => `exists (
  select from pg_depend d
  where d.classid = '${catalogue}'::regclass and d.objid = ${row}.oid and d.deptype = 'e')`;

const ENUMS = `(
  select json_agg(json_build_object(
    'name', t.typname,
    'values', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
  ) order by t.typname)
  from pg_type t
  where t.typnamespace = (select oid from own) and t.typtype = 'e' and not ${fromExtension("pg_type", "t")})`;

const FUNCTIONS = `(
  select json_agg(json_build_object(
    'name', p.proname,
    'parameters', pg_get_function_arguments(p.oid),
    'returns', pg_get_function_result(p.oid),
    'language', l.lanname,
    'kind', p.prokind,
    'volatility', p.provolatile,
    'parallel', p.proparallel,
    'strict', p.proisstrict,
    'securityDefiner', p.prosecdef,
    'leakproof', p.proleakproof,
    'settings', coalesce(to_json(p.proconfig), '[]'),
    'body', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)
  ) order by p.proname, p.oid)
  from pg_proc p join pg_language l on l.oid = p.prolang
  where p.pronamespace = (select oid from own) and not ${fromExtension("pg_proc", "p")})`;

const COLUMNS = `(
  select json_agg(json_build_object(
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'isEnum', t.typtype = 'e',
    'collation', (select l.collname from pg_collation l where l.oid = a.attcollation and a.attcollation <> t.typcollation),
    'notNull', a.attnotnull,
    'expression', (select pg_get_expr(f.adbin, f.adrelid) from pg_attrdef f where f.adrelid = c.oid and f.adnum = a.attnum),
    'identity', a.attidentity,
    'generated', a.attgenerated
  ) order by a.attnum)
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)`;

const CONSTRAINTS = `(
  select json_agg(json_build_object(
    'kind', k.contype,
    'name', k.conname,
    'columns', ${columnsOf("k.conkey", "k.conrelid")},
    'foreignTable', case when k.confrelid <> 0 then k.confrelid::regclass::text end,
    'foreignColumns', ${columnsOf("k.confkey", "k.confrelid")},
    'onDelete', k.confdeltype,
    'onDeleteColumns', ${columnsOf("k.confdelsetcols", "k.conrelid")},
    'onUpdate', k.confupdtype,
    'matchFull', k.confmatchtype = 'f',
    'nullsNotDistinct', coalesce((select i.indnullsnotdistinct from pg_index i where i.indexrelid = k.conindid), false),
    'deferrable', k.condeferrable,
    'validated', k.convalidated,
    'enforced', coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true),
    'expression', pg_get_expr(k.conbin, k.conrelid),
    'definition', pg_get_constraintdef(k.oid)
  ) order by k.conname)
  from pg_constraint k
  where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x'))`;

const INDEXES = `(
  select json_agg(json_build_object(
    'name', x.relname,
    'method', m.amname,
    'unique', i.indisunique,
    'nullsNotDistinct', i.indnullsnotdistinct,
    'valid', i.indisvalid,
    'where', pg_get_expr(i.indpred, i.indrelid),
    'include', coalesce((
      select json_agg(a.attname order by p.place)
      from unnest(i.indkey::int2[]) with ordinality p(number, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = p.number
      where p.place > i.indnkeyatts), '[]'),
    'columns', (
      select json_agg(json_build_object(
        'column', (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = p.number),
        'expression', case when p.number = 0 then pg_get_indexdef(i.indexrelid, p.place::int, false) end,
        'option', i.indoption[p.place - 1],
        'operatorClass', (select o.opcname from pg_opclass o where o.oid = i.indclass[p.place - 1] and not o.opcdefault)
      ) order by p.place)
      from unnest(i.indkey::int2[]) with ordinality p(number, place)
      where p.place <= i.indnkeyatts)
  ) order by x.relname)
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_am m on m.oid = x.relam
  where i.indrelid = c.oid and not exists (
    select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')))`;

export const CATALOGUE = `
with own as (select oid from pg_namespace where nspname = 'public')
select json_build_object(
  'enums', coalesce(${ENUMS}, '[]'),
  'functions', coalesce(${FUNCTIONS}, '[]'),
  'tables', coalesce((
    select json_agg(json_build_object(
      'name', c.relname,
      'kind', c.relkind,
      'unlogged', c.relpersistence = 'u',
      'rowSecurity', c.relrowsecurity,
      'columns', coalesce(${COLUMNS}, '[]'),
      'constraints', coalesce(${CONSTRAINTS}, '[]'),
      'indexes', coalesce(${INDEXES}, '[]')
    ) order by c.relname)
    from pg_class c
    where c.relnamespace = (select oid from own) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not ${fromExtension("pg_class", "c")}), '[]')
)::text as catalogue`;
