import Foundation
import Logging
import Testing

@testable import Runtime

@Suite struct RedactionTests {
  @Test(arguments: [
    ("redis://:hunter2@host:6379/0", "redis://:***@host:6379/0"),
    ("postgres://bob:hun@ter2@db/martlet?x=1", "postgres://bob:***@db/martlet?x=1"),
    ("smtps://u:p%40ss@h and redis://a:b@c", "smtps://u:***@h and redis://a:***@c"),
    ("host=db password=hunter2 user=x", "host=db password=*** user=x"),
    (#"password='it\'s hunter2' host=db"#, "password=*** host=db"),
    ("password = hunter2", "password=***"),
    ("postgres://db/m?password=hunter2&x=1", "postgres://db/m?password=***&x=1"),
    ("http://localhost:8080/a@b", "http://localhost:8080/a@b"),
    ("https://user@host/", "https://user@host/"),
    ("wrong password", "wrong password"),
    ("nothing here", "nothing here"),
  ])
  func hidesPasswordsAndNothingElse(_ text: String, _ shown: String) {
    #expect(Redaction.redact(text) == shown)
  }
}

@Suite struct LogLineTests {
  let instant = Date(timeIntervalSince1970: 1_777_638_601.123)

  func event(_ message: Logger.Message, error: (any Error)? = nil) -> LogEvent {
    LogEvent(
      level: .warning, message: message, error: error, metadata: nil, source: nil, file: "f",
      function: "g", line: 1)
  }

  @Test func aJSONLineIsOneObjectOnOneLine() throws {
    let line = LogLine.json(
      time: instant, label: "worker", event: event("two\nlines, \"quoted\" \u{1} redis://:pw@h"),
      metadata: [
        "count": .stringConvertible(3), "queues": .array(["a", "b"]), "level": "mine",
        "inner": .dictionary(["url": "redis://:pw@h"]),
      ])
    #expect(line.filter { $0 == "\n" }.count == 1 && line.hasSuffix("\n"))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["time"] as? String == "2026-05-01T12:30:01.123Z")
    #expect(object["level"] as? String == "warning")
    #expect(object["_level"] as? String == "mine")
    #expect(object["message"] as? String == "two\nlines, \"quoted\" \u{1} redis://:***@h")
    #expect(object["count"] as? Int == 3)
    #expect(object["queues"] as? [String] == ["a", "b"])
    #expect((object["inner"] as? [String: String])?["url"] == "redis://:***@h")
  }

  @Test func aPlainLineReadsAtAGlance() {
    let line = LogLine.plain(
      time: instant, label: "worker", event: event("started"), metadata: ["queues": "all"])
    #expect(line == "12:30:01.123 warning worker: started queues=all\n")
  }

  @Test func instantsAgreeWithFoundation() {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let milliseconds = Int64.random(in: -2_000_000_000_000...9_000_000_000_000, using: &generator)
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      let text = TimeText.iso(date)
      #expect(text == formatter.string(from: date), "\(milliseconds)")
    }
  }
}
