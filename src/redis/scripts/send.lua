-- Puts a message into an agent's queue (task, query, anything urgent), its notes (information,
-- acknowledgements) or the conductor's mailbox. Idempotent by message id for an hour.
-- KEYS[1] prefix. ARGV: 1 recipient ref, 2 message id, 3 sender ref or '', 4 type,
-- 5 payload fields as JSON object, 6 summary, 7 '1' urgent or '', 8 correlation id or '',
-- 9 queue limit.
-- Returns {0|1, message id, recipient id, recipient name, sender id, host id or ''}; 1 = it was
-- sent already.
-- -1/-2 recipient or sender · -5 recipient ended · -6 queue full.
-- Touches inbox|urgent|notes, busy, bell, sent:<id>. Event: message_sent.
local ref, id, sender, kind, payload = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local summary, urgent, correlation, limit = ARGV[6], ARGV[7] == '1', ARGV[8], tonumber(ARGV[9])

local to, refusal = find_agent(ref)
if not to then return refusal end
local from = SUPERVISOR
if sender ~= '' then
  local found, missing = find_agent(sender)
  if not found then return missing end
  from = found
end
local name, state, reason, host = 'conductor', 'idle', '', ''
if to ~= SUPERVISOR then
  local record = redis.call('HMGET', P .. 'agent:' .. to, 'name', 'state', 'reason', 'host')
  name, state, reason, host = record[1], record[2], record[3] or '', record[4] or ''
end
if redis.call('EXISTS', P .. 'sent:' .. id) == 1 then return { 1, id, to, name, from, host } end
if has_ended(state) then return { -5, name, state, reason } end
local note = to ~= SUPERVISOR and not urgent and is_note({ type = kind })
local queue = P .. (note and 'notes:' or urgent and 'urgent:' or 'inbox:') .. to
if redis.call('LLEN', queue) >= limit then return { -6, name, limit } end
redis.call('SET', P .. 'sent:' .. id, '1', 'EX', 3600)

-- The payload is spliced in as text: decoding and encoding it again would change empty arrays.
local head = cjson.encode({ id = id, from = from, to = to, type = kind,
  priority = urgent and 'urgent' or 'normal', created_at = TODAY,
  correlation_id = correlation ~= '' and correlation or cjson.null })
local body = string.sub(payload, 2, -2)
redis.call('RPUSH', queue, string.sub(head, 1, -2) .. (body ~= '' and ',' .. body or '') .. '}')
event('message_sent', name .. ': ' .. summary, { agent_id = to, from_agent_id = from,
  message_id = id, kind = kind, urgent = urgent and 'true' or 'false' })
if not note and to ~= SUPERVISOR then
  redis.call('SADD', P .. 'busy', to)
  ring_agent(to)
end
return { 0, id, to, name, from, host }
