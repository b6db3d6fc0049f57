-- Turns references into ids. KEYS[1] prefix. ARGV: 1 agent|task, 2.. references.
-- Returns {0, id…} · -1/-2/-8 for the first that cannot be resolved.
local find = ARGV[1] == 'task' and find_task or find_agent
local ids = { 0 }
for i = 2, #ARGV do
  local id, refusal = find(ARGV[i])
  if not id then return refusal end
  ids[#ids + 1] = id
end
return ids
