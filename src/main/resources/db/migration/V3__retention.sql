-- The commit looks at the retained marks too. Retention deletes keys, and a terminal that the gateway has forgotten (it remembers 1,024
-- of a tenant) must not have an old sequence taken for a new one.
grant select on retained_marks to sub30_writer;
create policy writer_reads on retained_marks for select to sub30_writer using (true);
