-- Heartbeat of a host: renews its own lease and those of all its agents in one call.
-- KEYS[1] prefix. ARGV: 1 host id, 2 lease in ms, 3 host record (JSON), 4.. pairs of agent id and
-- epoch. Returns {0, id…} with the agents that have another owner now; those that have ended are
-- left out. Touches leases, hosts.
local expiry = text(NOW + tonumber(ARGV[2]))
redis.call('ZADD', P .. 'leases', expiry, 'host:' .. ARGV[1])
redis.call('HSET', P .. 'hosts', ARGV[1], ARGV[3])
local lost = { 0 }
for i = 4, #ARGV, 2 do
  local agent = redis.call('HMGET', P .. 'agent:' .. ARGV[i], 'epoch', 'state')
  if agent[1] ~= ARGV[i + 1] then
    lost[#lost + 1] = ARGV[i]
  elseif not has_ended(agent[2]) then
    redis.call('ZADD', P .. 'leases', expiry, ARGV[i])
  end
end
return lost
