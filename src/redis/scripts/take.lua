-- The agent's next piece of work, taken by its owner: urgent first, then the inbox, with the notes
-- that have gathered. Taking and becoming `working` are one step. Asking again for the same turn
-- gives the same work.
-- KEYS[1] prefix. ARGV: 1 agent id, 2 epoch, 3 turn id.
-- Returns {0, state} nothing to do · {1, message, attempts, task as flat array, rounds, note…}
-- {2, wanted} asked to end · {3, ms} waits before a retry · {4} paused
-- -7 fenced (another owner, ended, or gone). Touches urgent, inbox, notes, inflight, dead, task,
-- agent, busy. Events: task_started | message_delivered, agent_state_changed, message_dead,
-- agent_cleared.
local id, epoch, turn = ARGV[1], ARGV[2], ARGV[3]
local key = P .. 'agent:' .. id
local agent = redis.call('HMGET', key, 'epoch', 'state', 'wanted', 'retry_at', 'turn', 'name',
  'rounds_completed')
local state, name = agent[2], agent[6]
if agent[1] ~= epoch or has_ended(state) or state == 'starting' then return { -7, id } end

local function reply(taken)
  local message = read_message(taken[1])
  local task = task_of(message)
  local attempts = task and redis.call('HGET', P .. 'task:' .. task, 'attempts')
    or redis.call('HGET', P .. 'attempts', message.id)
  local answer = { 1, taken[1], tonumber(attempts or 1),
    task and redis.call('HGETALL', P .. 'task:' .. task) or {}, tonumber(agent[7] or 0) }
  for i = 2, #taken do answer[#answer + 1] = taken[i] end
  return answer
end

local taken = redis.call('LRANGE', P .. 'inflight:' .. id, 0, -1)
if #taken > 0 and agent[5] == turn then return reply(taken) end
if agent[3] then return { 2, agent[3] } end
if #taken > 0 then give_back(id) end
if state == 'working' then -- in a turn that its owner does not know any more
  set_agent_state(id, state, 'idle', name)
  state = 'idle'
end
if state == 'paused' then return { 4 } end

-- An assignment whose task was closed or moved away.
local function is_stale(message)
  local task = task_of(message)
  if not task then return false end
  local record = redis.call('HMGET', P .. 'task:' .. task, 'state', 'assigned_to')
  return not is_open(record[1]) or record[2] ~= id
end

-- The first message of a queue that is to start a turn; those before it go where they belong.
local function head(queue)
  local list = P .. queue .. id
  while true do
    local raw = redis.call('LINDEX', list, 0)
    if not raw then return nil end
    local message = read_message(raw)
    if not message then
      redis.call('RPUSH', P .. 'dead:' .. id, raw)
      event('message_dead', name .. ': unreadable message', { agent_id = id })
    elseif queue == 'inbox:' and is_note(message) then
      redis.call('RPUSH', P .. 'notes:' .. id, raw)
    elseif not is_stale(message) then
      return message, list
    end
    redis.call('LPOP', list)
  end
end

local message, list = head('urgent:')
if not message then message, list = head('inbox:') end
if not message then
  local had_work = redis.call('SISMEMBER', P .. 'busy', id) == 1
  if update_busy(id) > 0 then return { 0, state } end
  if had_work then event('agent_cleared', name .. ': nothing is left to do', { agent_id = id }) end
  if state ~= 'draining' then return { 0, state } end
  redis.call('HSET', key, 'wanted', 'close')
  return { 2, 'close' }
end
if agent[4] and tonumber(agent[4]) > NOW then return { 3, tonumber(agent[4]) - NOW } end

taken = { redis.call('LPOP', list) }
for _, note in ipairs(redis.call('LRANGE', P .. 'notes:' .. id, 0, -1)) do
  taken[#taken + 1] = note
end
redis.call('DEL', P .. 'notes:' .. id)
for _, part in ipairs(taken) do redis.call('RPUSH', P .. 'inflight:' .. id, part) end
redis.call('HSET', key, 'turn', turn, 'last_heartbeat', TODAY)
count_turn(message, 1)
redis.call('HDEL', key, 'retry_at')
local rounds = tonumber(agent[7] or 0) + 1
local task = task_of(message)
if task then
  move_task(task, redis.call('HGET', P .. 'task:' .. task, 'state'), 'running')
  redis.call('HSETNX', P .. 'task:' .. task, 'started_at', TODAY)
  redis.call('HSET', key, 'current_task', task)
  event('task_started', name .. ' started turn ' .. rounds,
    { agent_id = id, task_id = task, turn = text(rounds) })
else
  event('message_delivered', name .. ' reads ' .. message.type .. ' in turn ' .. rounds,
    { agent_id = id, message_id = message.id, turn = text(rounds) })
end
if state ~= 'draining' then set_agent_state(id, state, 'working', name) end
return reply(taken)
