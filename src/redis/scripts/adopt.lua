-- Makes a host the owner of an agent placed on it: a new epoch fences every earlier owner, and
-- what that owner had taken goes back to the head of its queue, or to the dead letters when it was
-- taken too often.
-- KEYS[1] prefix. ARGV: 1 agent id, 2 host id, 3 lease in ms, 4 '1' if earlier owners on this host
-- are known to be dead, 5 attempts allowed, 6 '1' to take agents that `tt stop` ended.
-- Returns {0, agent as flat array} owned · {1, state} ended, not taken · {2, ms} another owner's
-- lease runs · -1 gone. Touches agent, leases, inflight, queues, dead, task, busy, live.
-- Events: agent_adopted, agent_state_changed, task_failed, message_dead.
local id, host, lease, sure = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local allowed, revive = tonumber(ARGV[5]), ARGV[6] == '1'
local key = P .. 'agent:' .. id
local agent = redis.call('HMGET', key, 'state', 'name', 'host', 'stopped_by')
local state, name = agent[1], agent[2]
if not state then return { -1, id } end
if agent[3] and agent[3] ~= host then
  redis.call('SREM', P .. 'placed:' .. host, id)
  return { 1, 'elsewhere' }
end
local revived = state == 'stopped' and revive and agent[4] == 'stop'
if has_ended(state) and not revived then
  if agent[4] ~= 'stop' then redis.call('SREM', P .. 'placed:' .. host, id) end
  return { 1, state }
end
local expiry = tonumber(redis.call('ZSCORE', P .. 'leases', id) or 0)
if expiry > NOW and not sure then return { 2, expiry - NOW } end

if revived then
  redis.call('HDEL', key, 'wanted', 'stopped_by', 'reason')
  redis.call('SADD', P .. 'live', id)
end
redis.call('HINCRBY', key, 'epoch', 1)
redis.call('HSET', key, 'host', host, 'last_heartbeat', TODAY)
redis.call('SADD', P .. 'placed:' .. host, id)
redis.call('ZADD', P .. 'leases', text(NOW + lease), id)
local message, raw = give_back(id)
if message then
  local task = task_of(message)
  local attempts = tonumber(task and redis.call('HGET', P .. 'task:' .. task, 'attempts')
    or redis.call('HGET', P .. 'attempts', message.id) or 0)
  local task_state = task and redis.call('HGET', P .. 'task:' .. task, 'state')
  if attempts >= allowed and (not task or is_open(task_state)) then
    redis.call('LPOP', P .. (message.priority == 'urgent' and 'urgent:' or 'inbox:') .. id)
    redis.call('RPUSH', P .. 'dead:' .. id, raw)
    local why = 'its host died in each of ' .. attempts .. ' turns'
    if task then close_task(task, task_state, 'failed', why, 'crashed')
    else redis.call('HDEL', P .. 'attempts', message.id) end
    event(task and 'task_failed' or 'message_dead', name .. ': ' .. why,
      { agent_id = id, task_id = task, message_id = message.id, outcome = 'crashed' })
  end
  event('agent_adopted', name .. ': taken over with unfinished work', { agent_id = id })
end
if update_busy(id) == 0 and state == 'draining' then
  redis.call('HSETNX', key, 'wanted', 'close')
end
if state == 'starting' or state == 'working' or revived then
  set_agent_state(id, state, 'idle', name)
end
return { 0, redis.call('HGETALL', key) }
