-- Asks the owner of an agent to end it: now (kill, stop) or when its work is done (close).
-- KEYS[1] prefix. ARGV: 1 agent ref, 2 kill|stop|close, 3 reason or ''.
-- Returns {0, id, name, state} asked · {1, id, name, state} ended already · -1/-2 agent.
-- Touches agent, bell. Event: agent_state_changed (close).
local id, refusal = find_agent(ARGV[1])
if not id then return refusal end
if id == SUPERVISOR then return { -1, ARGV[1] } end
local key = P .. 'agent:' .. id
local agent = redis.call('HMGET', key, 'name', 'state', 'wanted')
local name, state = agent[1], agent[2]
if has_ended(state) then return { 1, id, name, state } end
if ARGV[3] ~= '' then redis.call('HSET', key, 'reason', ARGV[3]) end
if ARGV[2] == 'close' then
  set_agent_state(id, state, 'draining', name)
  if update_busy(id) == 0 then redis.call('HSETNX', key, 'wanted', 'close') end
elseif agent[3] ~= 'kill' then
  redis.call('HSET', key, 'wanted', ARGV[2])
end
ring_agent(id)
return { 0, id, name, state }
