-- Records of up to 100 tasks with what is known of their agents. KEYS[1] prefix. ARGV: task ids.
-- Returns {0, row…}, a row is {id, task as flat array, agent name or '', agent state or '',
-- reason or '', host or ''}.
local rows = { 0 }
for _, id in ipairs(ARGV) do
  local agent = redis.call('HGET', P .. 'task:' .. id, 'assigned_to')
  local known = { 'conductor' }
  if agent and agent ~= SUPERVISOR then
    known = redis.call('HMGET', P .. 'agent:' .. agent, 'name', 'state', 'reason', 'host')
  elseif not agent then
    known = {}
  end
  rows[#rows + 1] = { id, redis.call('HGETALL', P .. 'task:' .. id), known[1] or '',
    known[2] or '', known[3] or '', known[4] or '' }
end
return rows
