-- Creates a task and puts its assignment into the agent's queue. Idempotent by task id, and by
-- (run, key) when a flow assigns.
-- KEYS[1] prefix. ARGV: 1 agent ref, 2 task id, 3 message id, 4 sender id, 5 description,
-- 6 summary, 7 tags (JSON array), 8 '1' urgent or '', 9 parent task ref or '', 10 run or '',
-- 11 key or '', 12 queue limit, 13 context (JSON array).
-- Returns {0|1, task id, agent id, agent name, task state, host id or ''}; 1 = it existed already.
-- -1/-2 agent · -5 agent ended or draining · -6 queue full · -8 parent task.
-- Touches task, tasks:assigned, open, inbox|urgent, busy, bell, run:<run>. Event: task_assigned.
local ref, id, message_id, from = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local description, summary, tags, urgent = ARGV[5], ARGV[6], ARGV[7], ARGV[8] == '1'
local parent, run, key, limit, context = ARGV[9], ARGV[10], ARGV[11], tonumber(ARGV[12]), ARGV[13]

local known = run ~= '' and redis.call('HGET', P .. 'run:' .. run .. ':tasks', key) or id
local existing = redis.call('HMGET', P .. 'task:' .. (known or id), 'assigned_to', 'state')
if existing[2] then
  local owner = existing[1] or ''
  local record = redis.call('HMGET', P .. 'agent:' .. owner, 'name', 'host')
  return { 1, known or id, owner, record[1] or '', existing[2], record[2] or '' }
end

local agent, refusal = find_agent(ref)
if not agent then return refusal end
local name, host = 'conductor', ''
if agent ~= SUPERVISOR then
  local record = redis.call('HMGET', P .. 'agent:' .. agent, 'name', 'state', 'reason', 'host')
  name, host = record[1], record[4] or ''
  if has_ended(record[2]) or record[2] == 'draining' then
    return { -5, name, record[2], record[3] or '' }
  end
end
local queue = P .. (urgent and 'urgent:' or 'inbox:') .. agent
if redis.call('LLEN', queue) >= limit then return { -6, name, limit } end
local parent_id = false
if parent ~= '' then
  local found, missing = find_task(parent)
  if not found then return missing end
  parent_id = found
end

local task = P .. 'task:' .. id
redis.call('HSET', task, 'id', id, 'description', description, 'state', 'assigned',
  'created_at', TODAY, 'updated_at', TODAY, 'tags', tags, 'assigned_to', agent,
  'assigned_by', from, 'attempts', 0)
if context ~= '[]' then redis.call('HSET', task, 'context', context) end
if parent_id then redis.call('HSET', task, 'parent_id', parent_id) end
if run ~= '' then
  redis.call('HSET', task, 'run', run, 'key', key)
  redis.call('HSET', P .. 'run:' .. run .. ':tasks', key, id)
end
redis.call('ZADD', P .. 'tasks:assigned', 0, id)
redis.call('SADD', P .. 'open:' .. agent, id)
redis.call('RPUSH', queue, cjson.encode({ id = message_id, from = from, to = agent,
  type = 'task_assign', task_id = id, priority = urgent and 'urgent' or 'normal',
  created_at = TODAY, correlation_id = cjson.null }))
event('task_assigned', name .. ': ' .. summary, { agent_id = agent, task_id = id })
if agent ~= SUPERVISOR then
  redis.call('SADD', P .. 'busy', agent)
  ring_agent(agent)
end
return { 0, id, agent, name, 'assigned', host }
