-- State and open work of several agents at one point in time; nothing is idle "in turn".
-- KEYS[1] prefix. ARGV: agent ids; none means every agent that has not ended,
-- and those that have but left work behind.
-- Returns {0, row…}, a row is {id, name, state, inbox, urgent, in flight, open tasks, current task,
-- reason, host}; state is '' for an agent that is gone.
local ids = ARGV
if #ids == 0 then ids = redis.call('SUNION', P .. 'live', P .. 'busy') end
local rows = { 0 }
for _, id in ipairs(ids) do
  local agent = redis.call('HMGET', P .. 'agent:' .. id, 'name', 'state', 'current_task', 'reason',
    'host')
  rows[#rows + 1] = { id, agent[1] or '', agent[2] or '',
    redis.call('LLEN', P .. 'inbox:' .. id), redis.call('LLEN', P .. 'urgent:' .. id),
    redis.call('LLEN', P .. 'inflight:' .. id), redis.call('SCARD', P .. 'open:' .. id),
    agent[3] or '', agent[4] or '', agent[5] or '' }
end
return rows
