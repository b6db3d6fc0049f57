-- What the owner must know while a turn is under way.
-- KEYS[1] prefix. ARGV: 1 agent id, 2 epoch.
-- Returns {0, wanted or '', state of the task in work or ''} · -7 fenced.
local agent = redis.call('HMGET', P .. 'agent:' .. ARGV[1], 'epoch', 'wanted', 'current_task')
if agent[1] ~= ARGV[2] then return { -7, ARGV[1] } end
local task = agent[3] and redis.call('HGET', P .. 'task:' .. agent[3], 'state')
return { 0, agent[2] or '', task or '' }
