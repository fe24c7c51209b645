import Foundation
import Logging

extension ProcessConfiguration {
  /// Reads the process's own environment, and the file that `MARTLET_CONFIG` names.
  /// - Throws: `ConfigurationError` with every problem found.
  package static func load(_ role: Role) throws(ConfigurationError) -> ProcessConfiguration {
    try load(role, environment: ProcessInfo.processInfo.environment)
  }

  /// Reads a given environment, and the file that its `MARTLET_CONFIG` names.
  /// - Throws: `ConfigurationError` with every problem found.
  package static func load(
    _ role: Role, environment: [String: String]
  ) throws(ConfigurationError) -> ProcessConfiguration {
    var file: [String: String] = [:]
    var problems: [ConfigurationProblem] = []
    if let path = environment["MARTLET_CONFIG"], !path.isEmpty {
      (file, problems) = VariableFile.read(path)
    }
    var reader = VariableReader([environment, file])
    let configuration = read(role, &reader, warnings: unknown(environment))
    problems += reader.problems
    guard problems.isEmpty else {
      // An unknown name beside a problem is often the problem's cause.
      throw ConfigurationError(problems + configuration.warnings)
    }
    return configuration
  }

  private static func read(
    _ role: Role, _ reader: inout VariableReader, warnings: [ConfigurationProblem]
  ) -> ProcessConfiguration {
    let environment: Environment = reader.choice("MARTLET_ENVIRONMENT", .development)
    return ProcessConfiguration(
      role: role,
      databaseURL: reader.value(
        "MARTLET_DATABASE_URL", "postgres://localhost/martlet",
        expected:
          "a URL postgres://… or a list of keyword=value", secret: true, databaseURL),
      databasePool: reader.integer("MARTLET_DATABASE_POOL", 8, 1...1000),
      redisURL: reader.value(
        "MARTLET_REDIS_URL", "redis://localhost:6379/0",
        expected:
          "a URL redis://, rediss://, redis+sentinel:// or unix://", secret: true,
        scheme("redis", "rediss", "redis+sentinel", "unix")),
      redisPrefix: reader.value(
        "MARTLET_REDIS_PREFIX", "martlet",
        expected:
          "1 to 64 letters, digits, dots, dashes and underscores", prefix),
      httpHost: reader.value("MARTLET_HTTP_HOST", "127.0.0.1", expected: "an address", nonBlank),
      httpPort: reader.integer("MARTLET_HTTP_PORT", 8080, 0...65_535),
      adminHost: reader.value("MARTLET_ADMIN_HOST", "127.0.0.1", expected: "an address", nonBlank),
      adminPort: reader.integer("MARTLET_ADMIN_PORT", role.adminPort, 0...65_535),
      siteURL: reader.value(
        "MARTLET_SITE_URL", "http://localhost:8080", expected: "a URL http://… or https://…",
        siteURL),
      secret: secret(&reader, environment),
      environment: environment,
      mailTransport: reader.value(
        "MARTLET_MAIL_TRANSPORT", "maildir:.martlet/mail",
        expected:
          "smtp://host:port, smtps://host:port or maildir:PATH", secret: true, mailTransport),
      dataFolder: reader.text("MARTLET_DATA"),
      bucket: bucket(&reader),
      openIDSecret: reader.optional(
        "MARTLET_OPENID_CLIENT_SECRET", expected: "1 to 1000 printable ASCII characters",
        secret: true, clientSecret),
      workerQueues: workerQueues(&reader),
      workerConcurrency: reader.integer(
        "MARTLET_WORKER_CONCURRENCY", 2 * ProcessInfo.processInfo.activeProcessorCount, 1...10_000),
      poisonKills: reader.integer("MARTLET_POISON_KILLS", 3, 1...1000),
      requestTimeout: reader.value(
        "MARTLET_REQUEST_TIMEOUT", .seconds(30), expected: "a duration from 1s to 24h"
      ) { text in
        DurationText.parse(text).flatMap { (1...86_400).contains($0.seconds) ? $0 : nil }
      },
      drainTimeout: reader.duration("MARTLET_DRAIN_TIMEOUT", .seconds(25)),
      startupTimeout: reader.duration("MARTLET_STARTUP_TIMEOUT", .seconds(60)),
      logLevel: reader.choice("MARTLET_LOG_LEVEL", Logger.Level.info),
      logFormat: reader.choice("MARTLET_LOG_FORMAT", .auto),
      testClock: testClock(&reader, environment),
      api: api(&reader),
      warnings: warnings)
  }

  private static func secret(
    _ reader: inout VariableReader, _ environment: Environment
  ) -> String? {
    guard let secret = reader.text("MARTLET_SECRET") else {
      if environment != .development {
        reader.fail("MARTLET_SECRET", "is required outside development: at least 32 bytes")
      }
      return nil
    }
    if secret.utf8.count < 32 {
      reader.fail("MARTLET_SECRET", "has \(secret.utf8.count) bytes and needs at least 32")
    }
    return secret
  }

  private static func api(
    _ reader: inout VariableReader
  ) -> (url: String?, user: String?, password: String?) {
    let url: String? = reader.value(
      "MARTLET_API_URL", nil, expected: "a URL http://… or https://…", siteURL)
    return (url, reader.text("MARTLET_API_USER"), reader.text("MARTLET_API_PASSWORD"))
  }

  private static func testClock(
    _ reader: inout VariableReader, _ environment: Environment
  ) -> Bool {
    let asked = reader.flag("MARTLET_TEST_CLOCK")
    if asked, environment == .production {
      reader.fail("MARTLET_TEST_CLOCK", "is for test and development, never for production")
    }
    return asked
  }

  private static func workerQueues(_ reader: inout VariableReader) -> [Queue]? {
    reader.value(
      "MARTLET_WORKER_QUEUES", nil, expected: "names separated by commas, such as imports=2,mail"
    ) { text -> [Queue]?? in
      if text == "all" { return .some(nil) }
      var queues: [Queue] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let pair = part.split(separator: "=", omittingEmptySubsequences: false)
        let name = String(pair[0]).trimmedBlanks
        guard prefix(name) != nil, pair.count <= 2, !queues.contains(where: { $0.name == name })
        else { return nil }
        var weight: Int?
        if pair.count == 2 {
          weight = Int(String(pair[1]).trimmedBlanks)
          guard let weight, (1...1000).contains(weight) else { return nil }
        }
        queues.append(Queue(name: name, weight: weight))
      }
      return queues
    }
  }
}
