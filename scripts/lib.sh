# Shared by the scripts here: what the system needs, and private PostgreSQL and Redis servers.
# Source it with `root` set to the repository's top folder.

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

# Runs a command as root: directly, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root or sudo: $*"
  fi
}

# The folder of PostgreSQL's server programs, or nothing.
postgres_bin() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
    "$(pg_config --bindir 2>/dev/null || true)" "$(dirname "$(command -v initdb || echo /)")"; do
    [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && { printf '%s\n' "$dir"; return; }
  done
}

# A Python 3 that has PyYAML and pip, or nothing.
yaml_python() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import pip, yaml' >/dev/null 2>&1 && { printf '%s\n' "$python"; return; }
  done
  return 0
}

# Installs what is missing on Debian and Ubuntu; elsewhere names it. With `browser` a browser and its driver, too.
install_packages() {
  command -v swift >/dev/null || fail "Swift 6.1 or newer is needed: https://www.swift.org/install"
  local missing=()
  pkg-config --exists hiredis 2>/dev/null || missing+=(libhiredis-dev)
  pkg-config --exists libpq 2>/dev/null || missing+=(libpq-dev)
  pkg-config --exists libsodium 2>/dev/null || missing+=(libsodium-dev)
  pkg-config --exists zlib 2>/dev/null || missing+=(zlib1g-dev)
  pkg-config --exists libcrypto 2>/dev/null || missing+=(libssl-dev)
  pkg-config --exists xlsxwriter 2>/dev/null || missing+=(libxlsxwriter-dev)
  pkg-config --exists libcurl 2>/dev/null || missing+=(libcurl4-openssl-dev)
  pkg-config --exists libqrencode 2>/dev/null || missing+=(libqrencode-dev)
  pkg-config --exists libpcre2-8 2>/dev/null || missing+=(libpcre2-dev)
  [ -n "$(yaml_python)" ] || missing+=(python3 python3-yaml python3-pip)
  command -v pkg-config >/dev/null || missing+=(pkg-config)
  command -v curl >/dev/null || missing+=(curl)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v redis-sentinel >/dev/null || missing+=(redis-sentinel)
  [ -n "$(postgres_bin)" ] || missing+=(postgresql)
  if [ "${1:-}" = browser ]; then
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
      command -v google-chrome >/dev/null || missing+=(chromium)
    command -v chromedriver >/dev/null || missing+=(chromium-driver)
  fi
  [ ${#missing[@]} -eq 0 ] && return
  if ! command -v apt-get >/dev/null; then
    fail "please install, by your system's names for them: ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  as_root apt-get update -qq >/dev/null
  # The servers are started privately: the packages' own services are not wanted.
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A TCP port of the loopback interface that nobody listens on, looked for from $1 on.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  printf '%s\n' "$port"
}

# PostgreSQL refuses to run as root: its programs run as an unprivileged user then.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then "$@"
  elif id postgres >/dev/null 2>&1; then runuser -u postgres -- "$@"
  else runuser -u nobody -- "$@"
  fi
}

# Starts a private PostgreSQL whose data lie in $1, on a free port from $2 on, with further
# settings in $3 (lines). Prints its URL. The port is kept in $1.port, the log in $1.log.
start_postgres() {
  local data=$1 first=$2 settings=${3:-} bin port
  bin=$(postgres_bin)
  [ -n "$bin" ] || fail "PostgreSQL's server programs were not found"
  if ! as_postgres test -f "$data/PG_VERSION"; then
    mkdir -p "$data"
    if [ "$(id -u)" = 0 ]; then
      chown "$(as_postgres id -u)" "$data"
      chmod 700 "$data"
      as_postgres test -w "$data" || fail "the unprivileged user cannot reach $data"
    fi
    as_postgres "$bin/initdb" -D "$data" -U martlet --auth=trust -E UTF8 --locale=C.UTF-8 \
      --no-sync >"$data.log" 2>&1 || { cat "$data.log" >&2; fail "initdb failed"; }
  fi
  port=$(free_port "$first")
  printf '%s\n' "$port" >"$data.port"
  as_postgres tee "$data/martlet.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
$settings
CONF
  as_postgres grep -q "^include 'martlet.conf'" "$data/postgresql.conf" ||
    printf "include 'martlet.conf'\n" | as_postgres tee -a "$data/postgresql.conf" >/dev/null
  (cd / && as_postgres "$bin/pg_ctl" -D "$data" -l "$data/server.log" -w -t 60 start >/dev/null) || {
    as_postgres tail -5 "$data/server.log" >&2
    fail "PostgreSQL did not start"
  }
  printf 'postgres://martlet@127.0.0.1:%s/postgres\n' "$port"
}

# Stops the PostgreSQL whose data lie in $1, if it runs.
stop_postgres() {
  local data=$1
  as_postgres test -f "$data/postmaster.pid" 2>/dev/null || return 0
  (cd / && as_postgres "$(postgres_bin)/pg_ctl" -D "$data" -m fast -w stop >/dev/null 2>&1) || true
}

# Starts a private Redis whose files lie in $1, on a free port from $2 on; further arguments go
# to redis-server. Prints its URL.
start_redis() {
  local data=$1 first=$2 port
  shift 2
  mkdir -p "$data"
  port=$(free_port "$first")
  redis-server --bind 127.0.0.1 --port "$port" --dir "$data" --daemonize yes \
    --pidfile "$data/redis.pid" --logfile "$data/redis.log" "$@" >/dev/null
  local tries=0
  until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { tail -5 "$data/redis.log" >&2; fail "Redis did not start"; }
    sleep 0.1
  done
  printf 'redis://127.0.0.1:%s/0\n' "$port"
}

# Stops the Redis whose files lie in $1, if it runs.
stop_redis() {
  [ -f "$1/redis.pid" ] && stop_process "$(cat "$1/redis.pid")"
  return 0
}

# Ends the process $1 (SIGTERM), waits up to 30 s, then kills it.
stop_process() {
  local pid=$1 tries=0
  kill -TERM "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { kill -KILL "$pid" 2>/dev/null; return 0; }
    sleep 0.1
  done
}

# The processes of the session $1.
session_members() {
  local stat line
  for stat in /proc/[0-9]*/stat; do
    # `pid (name) state parent group session …`; a name may hold blanks and brackets.
    { read -r line <"$stat"; } 2>/dev/null || continue
    set -- "$1" ${line##*) }
    [ "$5" != "$1" ] || [ "$2" = Z ] || printf '%s\n' "$(basename "$(dirname "$stat")")"
  done
}

# Ends all processes of the session $1 (SIGTERM), and kills those that live on after 5 s.
end_session() {
  local tries=0 members
  while members=$(session_members "$1") && [ -n "$members" ]; do
    if [ "$tries" = 0 ]; then kill -TERM $members 2>/dev/null || true
    elif [ "$tries" -ge 50 ]; then kill -KILL $members 2>/dev/null || true
    fi
    tries=$((tries + 1))
    sleep 0.1
  done
}

# A folder for server data. Under $root/.martlet, unless the unprivileged user that PostgreSQL
# runs as cannot get there (a clone in root's home): then below /var/tmp.
data_folder() {
  local wanted=$root/.martlet/$1
  mkdir -p "$wanted"
  if as_postgres test -x "$wanted" 2>/dev/null; then
    printf '%s\n' "$wanted"
  else
    local elsewhere
    elsewhere=/var/tmp/martlet-$(printf '%s' "$wanted" | cksum | cut -d' ' -f1)
    mkdir -p "$elsewhere"
    chmod 755 "$elsewhere"
    printf '%s\n' "$elsewhere"
  fi
}
