-- Records and queue lengths of up to 100 agents. KEYS[1] prefix. ARGV: agent ids.
-- Returns {0, row…}, a row is {id, agent as flat array, inbox, urgent, in flight, notes}.
local rows = { 0 }
for _, id in ipairs(ARGV) do
  rows[#rows + 1] = { id, redis.call('HGETALL', P .. 'agent:' .. id),
    redis.call('LLEN', P .. 'inbox:' .. id), redis.call('LLEN', P .. 'urgent:' .. id),
    redis.call('LLEN', P .. 'inflight:' .. id), redis.call('LLEN', P .. 'notes:' .. id) }
end
return rows
