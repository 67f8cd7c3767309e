-- What a script finds around it in Redis, in Redis's own Lua (5.1). The host is one C function, `os.difftime`, whose
-- import is ours: two whole numbers go in (what to do, with what), more arguments lie on the stack, a number comes back.
-- An integer comes back as itself; what is none comes as one of the kinds below, with its text in `box.text`, or with
-- the number of its elements in steps above IS_ARRAY.
local exchange = os.difftime
local box, host = { text = '' }, {}
local CALL, ELEMENT, BULK, INTEGER, NIL, STATUS, ERROR, ARRAY = 1, 2, 3, 4, 5, 6, 7, 8
local KINDS = 2 ^ 60
local STEP = 2 ^ 20
local IS_TEXT, IS_ESCAPED, IS_NIL, IS_STATUS, IS_ERROR, IS_ARRAY =
  KINDS, KINDS + STEP, KINDS + 2 * STEP, KINDS + 3 * STEP, KINDS + 4 * STEP, KINDS + 5 * STEP
local type, tostring, error, xpcall, pairs, rawset = type, tostring, error, xpcall, pairs, rawset
local gsub, getinfo, setmetatable = string.gsub, debug.getinfo, setmetatable

-- A text with a zero byte cannot pass the host's C strings: \0 comes as \1\1, and \1 as \1\2.
local ESCAPES = { ['\1'] = '\0', ['\2'] = '\1' }
local function unescape(text) return (gsub(text, '\1(.)', ESCAPES)) end

local function reply_of(kind)
  if kind < KINDS then return kind end
  if kind == IS_TEXT then return box.text end
  if kind == IS_ESCAPED then return unescape(box.text) end
  if kind == IS_NIL then return false end
  if kind == IS_STATUS then return { ok = box.text } end
  if kind == IS_ERROR then return { err = box.text } end
  local list, count = {}, (kind - IS_ARRAY) / STEP
  for i = 1, count do list[i] = reply_of(exchange(ELEMENT, i, box)) end
  return list
end

redis = {
  call = function(...)
    local kind = exchange(CALL, 0, box, ...)
    if kind < KINDS then return kind end
    local reply = reply_of(kind)
    if kind == IS_ERROR then error(reply, 0) end
    return reply
  end,
  pcall = function(...) return reply_of(exchange(CALL, 0, box, ...)) end,
  error_reply = function(text) return { err = text } end,
  status_reply = function(text) return { ok = text } end,
}

-- Redis's own: of the table that a failed command raises, what is caught is its text.
local plain_pcall = pcall
local function caught(fine, result, ...)
  if not fine and type(result) == 'table' and type(result.err) == 'string' then return false, result.err end
  return fine, result, ...
end
function pcall(...) return caught(plain_pcall(...)) end

-- The value of a script as a reply: numbers lose their fraction, a table ends at its first nil.
local function emit(value)
  local kind = type(value)
  if kind == 'string' then exchange(BULK, 0, value)
  elseif kind == 'number' then exchange(INTEGER, 0, value)
  elseif value == true then exchange(INTEGER, 0, 1)
  elseif kind ~= 'table' then exchange(NIL, 0)
  elseif type(value.err) == 'string' then exchange(ERROR, 0, value.err)
  elseif type(value.ok) == 'string' then exchange(STATUS, 0, value.ok)
  else
    local count = 0
    while value[count + 1] ~= nil do count = count + 1 end
    exchange(ARRAY, count)
    for i = 1, count do emit(value[i]) end
  end
end

-- Where an error comes from: the innermost frame that is the script's own.
local function located(failure)
  if type(failure) ~= 'table' then failure = { err = 'ERR ' .. tostring(failure) } end
  local level = 2
  local frame = getinfo(level, 'Sl')
  while frame and frame.source ~= '@user_script' do
    level = level + 1
    frame = getinfo(level, 'Sl')
  end
  if frame and not failure.line then failure.line = frame.currentline end
  return failure
end

-- What the host calls.
local scripts, KEYS, ARGV = {}, {}, {}

function host.keep(digest, script) scripts[digest] = script end

function host.begin() KEYS, ARGV = {}, {} end

local function add(to, a, b, c, d, e, f, g, h)
  local n = #to
  to[n + 1], to[n + 2], to[n + 3], to[n + 4], to[n + 5], to[n + 6], to[n + 7], to[n + 8] = a, b, c, d, e, f, g, h
end

function host.add_keys(...) add(KEYS, ...) end
function host.add_arguments(...) add(ARGV, ...) end
function host.add_escaped_key(text) add(KEYS, unescape(text)) end
function host.add_escaped_argument(text) add(ARGV, unescape(text)) end

-- Runs a script; its reply is told piece by piece.
function host.run(digest)
  rawset(_G, 'KEYS', KEYS)
  rawset(_G, 'ARGV', ARGV)
  local fine, result = xpcall(scripts[digest], located)
  if fine then return emit(result) end
  -- Out of memory there was none for `located` either.
  if type(result) ~= 'table' then result = { err = 'ERR ' .. tostring(result) } end
  local where = result.line and (' script: ' .. digest .. ', on @user_script:' .. result.line .. '.') or ''
  exchange(ERROR, 0, tostring(result.err) .. where)
end

for _, name in pairs({ 'os', 'io', 'debug', 'package', 'require', 'module', 'dofile', 'loadfile', 'print', 'newproxy', 'gcinfo' }) do
  _G[name] = nil
end
setmetatable(_G, {
  __index = function(_, name) error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2) end,
  __newindex = function(_, name) error('Attempt to modify a readonly table', 2) end,
})
return host
