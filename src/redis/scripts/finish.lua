-- Ends a turn: the outcome of its work, the agent's next state and the events in one step.
-- A turn that was finished before is left alone; a task that its agent closed itself stays as is.
-- KEYS[1] prefix. ARGV: 1 agent id, 2 epoch, 3 turn id, 4 complete|retry|fail, 5 outcome,
-- 6 result or reason, 7 retry delay in ms, 8 '1' if the attempt counts, 9 session id, '' to keep
-- the known one, '-' to forget it, 10 summary.
-- Returns {0, agent state, task state or ''} · {1} finished before · -7 fenced.
-- Touches inflight, inbox|urgent|notes, dead, attempts, task, open, agent, busy, live.
-- Events: task_completed|task_failed|task_requeued|message_answered|message_dead,
-- agent_state_changed.
local id, epoch, turn, action, outcome = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local answer, delay, counts, session = ARGV[6], tonumber(ARGV[7]), ARGV[8] == '1', ARGV[9]
local summary = ARGV[10]
local key = P .. 'agent:' .. id
local agent = redis.call('HMGET', key, 'epoch', 'state', 'turn', 'name', 'max_rounds')
if agent[1] ~= epoch then return { -7, id } end
if agent[3] ~= turn then return { 1 } end
local state, name = agent[2], agent[4]

local raw = redis.call('LINDEX', P .. 'inflight:' .. id, 0)
local message = read_message(raw)
local task = task_of(message)
local task_state = task and redis.call('HGET', P .. 'task:' .. task, 'state') or ''
local again = action == 'retry' and (not task or is_open(task_state))

if again then
  give_back(id)
  if not counts then count_turn(message, -1) end
  if task then redis.call('HSET', P .. 'task:' .. task, 'last_failure', answer) end
  if delay > 0 then redis.call('HSET', key, 'retry_at', text(NOW + delay)) end
  event('task_requeued', name .. ': ' .. outcome .. ', again in ' .. delay .. ' ms',
    { agent_id = id, task_id = task or nil, message_id = message.id, outcome = outcome })
  task_state = task and 'assigned' or ''
else
  if action == 'retry' then give_back_notes(id) end
  redis.call('DEL', P .. 'inflight:' .. id)
  local undecided = not task or is_open(task_state)
  if task and undecided then
    local to = action == 'complete' and 'completed' or 'failed'
    close_task(task, task_state, to, answer, outcome)
    event(action == 'complete' and 'task_completed' or 'task_failed', name .. ': ' .. summary,
      { agent_id = id, task_id = task, outcome = outcome })
    task_state = to
  elseif not task then
    redis.call('HDEL', P .. 'attempts', message.id)
    event(action == 'complete' and 'message_answered' or 'message_dead', name .. ': ' .. summary,
      { agent_id = id, message_id = message.id, outcome = outcome })
  end
  if action == 'fail' and undecided then redis.call('RPUSH', P .. 'dead:' .. id, raw) end
end

redis.call('HDEL', key, 'turn', 'current_task')
redis.call('HSET', key, 'last_heartbeat', TODAY, 'last_outcome', outcome)
if session == '-' then redis.call('HDEL', key, 'session_id')
elseif session ~= '' then redis.call('HSET', key, 'session_id', session) end
local rounds = redis.call('HINCRBY', key, 'rounds_completed',
  (action == 'retry' and not counts) and 0 or 1)
local work = update_busy(id)
local next_state = state == 'working' and 'idle' or state
if agent[5] and rounds >= tonumber(agent[5]) then
  if redis.call('HSETNX', key, 'wanted', 'rounds') == 1 then
    redis.call('HSET', key, 'reason', 'used its ' .. agent[5] .. ' rounds')
  end
elseif state == 'draining' and work == 0 then
  redis.call('HSETNX', key, 'wanted', 'close')
end
set_agent_state(id, state, next_state, name)
return { 0, next_state, task_state }
