-- Registers an agent, or finds the one that has the name already. Idempotent by the new id.
-- KEYS[1] prefix. ARGV: 1 new id, 2 name, 3 nickname or '', 4 cli, 5 role or '', 6 parent ref or '',
-- 7 max agents, 8 host id, 9 run or '', 10.. pairs of further fields.
-- Returns {0,id} created · {1,id} already live with the same cli and role · {2,id} started again
-- -1 no such parent · -3 limit reached · -4 live with another cli or role · -5 still draining
-- -10 the name is another agent's nickname. Touches agent, agents, names, live, placed, bell:host.
-- Event: agent_spawned.
local id, name, nickname, cli, role, parent = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local max, host, run = tonumber(ARGV[7]), ARGV[8], ARGV[9]
local parent_id = false
if parent ~= '' then
  local found, refusal = find_agent(parent)
  if not found then return refusal end
  parent_id = found
end

-- An agent whose host has not renewed its lease is placed on the caller's.
local function move_from_dead_host(known, from)
  if from == host then return end
  local expiry = from and redis.call('ZSCORE', P .. 'leases', 'host:' .. from)
  if expiry and tonumber(expiry) > NOW then return end
  redis.call('SREM', P .. 'placed:' .. (from or ''), known)
  redis.call('SADD', P .. 'placed:' .. host, known)
  redis.call('HSET', P .. 'agent:' .. known, 'host', host)
  ring_host(host)
end

local known = redis.call('HGET', P .. 'names', name)
if known == id then return { 0, id } end
local status = 0
if known then
  local key = P .. 'agent:' .. known
  local record = redis.call('HMGET', key, 'name', 'state', 'cli', 'role_id', 'host')
  if record[1] ~= name then return { -10, name, record[1] or '?' } end
  local state = record[2]
  if state == 'draining' then return { -5, name, state, '' } end
  if not has_ended(state) then
    if record[3] == cli and (role == '' or record[4] == role) then
      move_from_dead_host(known, record[5])
      return { 1, known }
    end
    return { -4, name, record[3] or '', record[4] or '' }
  end
  id = known
  status = 2
end
if nickname ~= '' then
  local owner = redis.call('HGET', P .. 'names', nickname)
  if owner and owner ~= id then return { -10, nickname, owner } end
end
local live = redis.call('SCARD', P .. 'live')
if live >= max then return { -3, name, max } end

local key = P .. 'agent:' .. id
if status == 0 then
  redis.call('HSET', key, 'id', id, 'name', name, 'agent_type', 'worker', 'spawn_mode', 'fresh',
    'created_at', TODAY, 'number', redis.call('ZCARD', P .. 'agents'), 'tasks_completed', 0,
    'rounds_completed', 0, 'epoch', 0)
  redis.call('ZADD', P .. 'agents', 0, id)
  redis.call('HSET', P .. 'names', name, id)
else
  redis.call('HDEL', key, 'wanted', 'reason', 'retry_at', 'turn', 'session_id', 'model', 'cli_override',
    'instructions', 'cwd', 'env', 'max_rounds', 'run', 'stopped_by')
  redis.call('HSET', key, 'rounds_completed', 0)
  redis.call('HINCRBY', key, 'epoch', 1) -- whoever owned it before is fenced already
end
redis.call('HSET', key, 'state', 'starting', 'cli', cli, 'host', host,
  'last_heartbeat', TODAY, 'last_active_at', TODAY)
if role ~= '' then redis.call('HSET', key, 'role_id', role) end
if parent_id then redis.call('HSET', key, 'parent_agent_id', parent_id) end
if run ~= '' then redis.call('HSET', key, 'run', run) end
if nickname ~= '' then
  local former = redis.call('HGET', key, 'nickname')
  if former and former ~= name then redis.call('HDEL', P .. 'names', former) end
  redis.call('HSET', key, 'nickname', nickname)
  redis.call('HSET', P .. 'names', nickname, id)
end
for i = 10, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
redis.call('SADD', P .. 'live', id)
redis.call('SADD', P .. 'placed:' .. host, id)
event('agent_spawned', name .. ' (' .. cli .. ')', { agent_id = id, spawn_mode = 'fresh' })
ring_host(host)
return { status, id }
