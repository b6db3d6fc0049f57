-- The owner ends an agent: unfinished work goes back to its queue, the lease is given up. An agent
-- that has ended before, or has no owner yet, is left as it is.
-- KEYS[1] prefix. ARGV: 1 agent id, 2 epoch, 3 stopped|cold|error, 4 reason or '', 5 kill|stop|''.
-- Returns {0, state} · {1, state} left as it is · {2, state} not cold yet, work has come · -7 fenced.
-- Touches agent, inflight, queues, leases, live, placed, busy.
-- Events: agent_state_changed, agent_stopped.
local id, epoch, to, reason, by = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = P .. 'agent:' .. id
local agent = redis.call('HMGET', key, 'epoch', 'state', 'name', 'host')
if agent[1] ~= epoch then return { -7, id } end
if has_ended(agent[2]) or agent[2] == 'starting' then return { 1, agent[2] } end
if to == 'cold' and update_busy(id) > 0 then
  redis.call('HDEL', key, 'wanted')
  return { 2, agent[2] }
end
local message = give_back(id)
if message then count_turn(message, -1) end -- its turn was ended, not used up
redis.call('HDEL', key, 'wanted', 'retry_at', 'stopped_by')
if reason ~= '' then redis.call('HSET', key, 'reason', reason) end
if by ~= '' then redis.call('HSET', key, 'stopped_by', by) end
redis.call('ZREM', P .. 'leases', id)
redis.call('SREM', P .. 'live', id)
if by ~= 'stop' then redis.call('SREM', P .. 'placed:' .. (agent[4] or ''), id) end
redis.call('DEL', P .. 'bell:' .. id)
update_busy(id)
set_agent_state(id, agent[2], to, agent[3])
event('agent_stopped', agent[3] .. (reason ~= '' and ': ' .. reason or ''),
  { agent_id = id, new_state = to })
return { 0, to }
