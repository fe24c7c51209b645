import ArgumentParser
import Foundation
import Imports
import Testing

@testable import Commands

@Suite("Options of the command line")
struct OptionTests {
  @Test("Every command that shows figures takes --json")
  func json() throws {
    for arguments in [
      ["queues"], ["workers"], ["doctor"], ["segments", "list"], ["settings"], ["clock", "show"],
    ] {
      #expect(throws: Never.self, "\(arguments)") {
        try Martlet.parseAsRoot(arguments + ["--json"])
      }
    }
  }

  @Test("An instant is read with an offset, and with fractions of a second")
  func instants() throws {
    let instant = try #require(ClockCommand.Set.parse("2026-03-01T08:59:55Z"))
    #expect(ClockCommand.Set.parse("2026-03-01T09:59:55+01:00") == instant)
    #expect(
      ClockCommand.Set.parse("2026-03-01T08:59:55.5Z") == instant.addingTimeInterval(0.5))
    #expect(ClockCommand.Set.parse("tomorrow") == nil)
  }

  @Test("How a file is to be read is said with options of import")
  func reading() throws {
    func parser(_ options: String...) throws -> ImportParserSettings {
      try #require(try Martlet.parseAsRoot(["import", "x.csv"] + options) as? ImportCommand).parser
    }
    #expect(try parser() == ImportParserSettings())
    #expect(
      try parser(
        "--no-header", "--first-line", "3", "--date-order", "dmy", "--decimal-mark", ",")
        == ImportParserSettings(
          header: false, firstLine: 3, dateOrder: .dayMonthYear, decimalMark: .comma))
    #expect(try parser("--header").header == true)
    #expect(throws: (any Error).self) { try parser("--date-order", "dym") }
    #expect(throws: (any Error).self) { try parser("--decimal-mark", ";") }
  }

  @Test("Wrong usage is refused before anything connects")
  func usage() {
    for arguments in [["queues", "nonsense"], ["import"], ["clock", "set"], ["nonsense"]] {
      #expect(throws: (any Error).self, "\(arguments)") { try Martlet.parseAsRoot(arguments) }
    }
  }

  @Test("A remote API needs an address and a login")
  func remote() throws {
    #expect(throws: CommandFailure.self) {
      try RemoteAPI(url: "ftp://martlet.example", user: "a", password: "b")
    }
    #expect(throws: CommandFailure.self) {
      try RemoteAPI(url: "https://martlet.example", user: "a", password: nil)
    }
    let api = try RemoteAPI(url: "https://martlet.example/sub", user: "a", password: "b")
    let request = api.request("GET", "api/imports/7")
    #expect(request.url?.absoluteString == "https://martlet.example/sub/api/imports/7")
    #expect(request.value(forHTTPHeaderField: "Authorization") == "Basic YTpi")
  }
}
