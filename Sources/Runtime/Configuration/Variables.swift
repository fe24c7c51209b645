/// An environment variable that Martlet reads, with what an operator should know about it.
package struct Variable: Sendable, Equatable {
  /// Its name, `MARTLET_…`.
  package let name: String
  /// The default, as text for people.
  package let standard: String
  /// Its effect in a line.
  package let meaning: String

  init(_ name: String, _ standard: String, _ meaning: String) {
    self.name = name
    self.standard = standard
    self.meaning = meaning
  }

  /// Every variable, in the order of the documentation.
  package static let all: [Variable] = [
    Variable("MARTLET_CONFIG", "none", "a file of NAME=value lines; the environment wins over it"),
    Variable(
      "MARTLET_DATABASE_URL", "postgres://localhost/martlet", "PostgreSQL, as libpq takes it"),
    Variable("MARTLET_DATABASE_POOL", "8", "connections a process may open"),
    Variable(
      "MARTLET_REDIS_URL", "redis://localhost:6379/0",
      "redis://, redis+sentinel://h1,h2/master, unix://; rediss:// needs a hiredis with TLS"),
    Variable("MARTLET_REDIS_PREFIX", "martlet", "first part of every key"),
    Variable("MARTLET_HTTP_HOST", "127.0.0.1", "address of the API"),
    Variable("MARTLET_HTTP_PORT", "8080", "API and console; 0 picks a free one"),
    Variable(
      "MARTLET_ADMIN_HOST", "127.0.0.1",
      "address of the operator's port, which asks for no login: never a public one"),
    Variable(
      "MARTLET_ADMIN_PORT", "api 9080, worker 9081, scheduler 9082",
      "/metrics, /healthz, /readyz; 0 picks a free one"),
    Variable("MARTLET_SITE_URL", "http://localhost:8080", "base of links"),
    Variable("MARTLET_SECRET", "none", "at least 32 bytes; required outside development"),
    Variable("MARTLET_ENVIRONMENT", "development", "development, test, production"),
    Variable(
      "MARTLET_MAIL_TRANSPORT", "maildir:.martlet/mail", "smtp://…, smtps://…, maildir:PATH"),
    Variable("MARTLET_DATA", "none", "a folder with user-agents.json, which `martlet data` fills"),
    Variable(
      "MARTLET_S3_BUCKET", "none", "bucket for new uploaded files; without one: PostgreSQL"),
    Variable("MARTLET_S3_ENDPOINT", "Amazon's in the region", "https://host:port of its store"),
    Variable("MARTLET_S3_REGION", "us-east-1", "its region"),
    Variable("MARTLET_S3_ACCESS_KEY", "none", "the name of the key to it"),
    Variable("MARTLET_S3_SECRET_KEY", "none", "the key to it"),
    Variable("MARTLET_S3_PREFIX", "none", "beginning of the keys of all objects, such as martlet"),
    Variable(
      "MARTLET_OPENID_CLIENT_SECRET", "none",
      "the client's secret at the provider of openid_issuer; without one: a public client"),
    Variable("MARTLET_WORKER_QUEUES", "all", "names in order of priority; imports=2 is a weight"),
    Variable("MARTLET_WORKER_CONCURRENCY", "2 × cores", "jobs under way at once"),
    Variable(
      "MARTLET_POISON_KILLS", "3",
      "deaths of workers in which a job was under way, after which it is dead"),
    Variable(
      "MARTLET_REQUEST_TIMEOUT", "30 s",
      "how long a request to the API and its statements may take, uploads apart"),
    Variable("MARTLET_DRAIN_TIMEOUT", "25 s", "how long SIGTERM waits before jobs are handed back"),
    Variable(
      "MARTLET_STARTUP_TIMEOUT", "60 s", "how long to wait for PostgreSQL and Redis at the start"),
    Variable(
      "MARTLET_LOG_LEVEL", "info", "trace, debug, info, notice, warning, error, critical"),
    Variable("MARTLET_LOG_FORMAT", "auto", "auto, json, plain"),
    Variable("MARTLET_TEST_CLOCK", "unset", "1: the clock that `martlet clock` sets"),
    Variable("MARTLET_API_URL", "none", "the API that `martlet import` sends to"),
    Variable("MARTLET_API_USER", "none", "its user"),
    Variable("MARTLET_API_PASSWORD", "none", "and the user's password"),
  ]

  /// The known name most like a misspelt one, when one is close enough to be meant.
  static func nearest(to name: String) -> String? {
    let near = all.map { (name: $0.name, distance: editDistance($0.name, name)) }
      .min { $0.distance < $1.distance }
    guard let near, near.distance <= 3 else { return nil }
    return near.name
  }

  private static func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.utf8)
    let b = Array(right.utf8)
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var row = [i + 1]
      for (j, y) in b.enumerated() {
        row.append(min(previous[j + 1] + 1, row[j] + 1, previous[j] + (x == y ? 0 : 1)))
      }
      previous = row
    }
    return previous[b.count]
  }
}
