-- Completes, fails or cancels a task that is still open; the turn that works on it goes on, except
-- after a cancellation. Idempotent by request id.
-- KEYS[1] prefix. ARGV: 1 task ref, 2 completed|failed|cancelled, 3 result or reason, 4 summary,
-- 5 request id.
-- Returns {0, task id} · -2/-8 task · -9 closed already · -11 nobody works on it. Touches task,
-- tasks:<state>, open, agent, busy, bell. Events: task_completed|task_failed|task_cancelled.
local id, refusal = find_task(ARGV[1])
if not id then return refusal end
local state = redis.call('HGET', P .. 'task:' .. id, 'state')
if not is_open(state) then
  local record = redis.call('HMGET', P .. 'task:' .. id, 'error', 'closed_by')
  if record[2] == ARGV[5] then return { 0, id } end
  return { -9, id, state, record[1] or '' }
end
if ARGV[2] ~= 'cancelled' and state == 'pending' then return { -11, id, state } end
local agent = close_task(id, state, ARGV[2], ARGV[3], 'explicit')
redis.call('HSET', P .. 'task:' .. id, 'closed_by', ARGV[5])
event('task_' .. ARGV[2], ARGV[4], { agent_id = agent or nil, task_id = id })
if agent and agent ~= SUPERVISOR then
  update_busy(agent)
  ring_agent(agent)
end
return { 0, id }
