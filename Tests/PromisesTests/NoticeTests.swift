import Foundation
import TestSupport
import Testing

@Suite("Work in the background", .serialized, .timeLimit(.minutes(5)))
struct NoticeTests {
  @Test("EXP-02, EXP-03, IMP-20, IMP-69: the user who asked gets an e-mail with a link")
  func notices() async throws {
    let installation = try await Installation.start()
    let mail = try installation.folder("mail")
    let api = try await APIProcess(installation)
    try await installation.pool.query("UPDATE users SET email = 'ada@example.com'")
    let crew = try Crew(
      installation, workers: 1, environment: ["MARTLET_MAIL_TRANSPORT": "maildir:\(mail.path)"])
    func has(_ count: Int, in table: String) async throws -> Bool {
      let rows = try await installation.pool.query(
        "SELECT FROM \(identifier: table) WHERE status = 3")
      return rows.count == count
    }
    let file = try installation.file("people.csv", "email,firstname\nann@example.com,Ann\n")
    // A client polls while the first one runs.
    for query in ["originalFile=watched.csv&background=0", "originalFile=left.csv"] {
      let answer = try await api.upload(file, query: query, key: query).answer()
      try #require(answer.status == 202, "\(answer)")
    }
    #expect(
      try await eventually(within: .seconds(60)) { try await has(2, in: "imports") },
      "\(crew.casualties)")
    for options in [
      #""format":"csv","notifyEmail":true"#, #""format":"xlsx","notifyEmail":true"#,
      #""format":"jsonl""#,
    ] {
      let answer = try await api.send(
        "POST", "/api/exports/new", "{\"object\":\"contact\",\(options)}")
      try #require(answer.status == 202, "\(answer)")
    }
    let isTold = try await eventually(within: .seconds(60)) {
      let isReady = try await has(3, in: "exports")
      let files = try Maildir.files(mail)
      return isReady && files.count >= 3
    }
    #expect(isTold, "\(crew.casualties)")
    let messages = try Maildir.files(mail).map { file in
      // Lines that quoted-printable has cut.
      try String(decoding: Data(contentsOf: file), as: UTF8.self)
        .replacing("\r\n", with: "\n").replacing("=\n", with: "")
    }
    #expect(messages.count == 3)
    #expect(messages.allSatisfy { $0.contains("\nTo: ") && $0.contains("ada@example.com") })
    for (subject, link) in [
      ("Import of left.csv: done", "/api/imports/2"),
      (".csv is ready", "/api/exports/1/download"), (".xlsx is ready", "/api/exports/2/download"),
    ] {
      let count = messages.count { message in
        message.split(separator: "\n").contains {
          $0.hasPrefix("Subject: ") && $0.hasSuffix(subject)
        } && message.contains(link)
      }
      #expect(count == 1, "\(subject): \(messages)")
    }
  }
}
