import Foundation
import Testing

@testable import Mail

@Suite("Headers on the wire (RFC 5322, RFC 2047)")
struct HeaderTests {
  private func wire(_ text: String, name: String = "Subject") -> [String] {
    var output: [UInt8] = []
    MIMEHeader.append(name, text: text, to: &output)
    return lines(output)
  }

  private func address(_ address: String, _ person: String) -> [String] {
    var output: [UInt8] = []
    MIMEHeader.append("To", address: address, called: person, to: &output)
    return lines(output)
  }

  private func lines(_ output: [UInt8]) -> [String] {
    let text = String(decoding: output, as: UTF8.self)
    #expect(text.hasSuffix("\r\n"))
    return text.dropLast(1).components(separatedBy: "\r\n")
  }

  @Test("No folded line is blank or too long, and the text can be read back")
  func folding() throws {
    let texts = [
      "", " ", "plain", "two  blanks", " before", "after ", String(repeating: " ", count: 300),
      String(repeating: "x", count: 70) + String(repeating: " ", count: 90) + "y",
      String(repeating: "x", count: 998), String(repeating: "word ", count: 199) + "end",
      String(repeating: "\u{1F600}", count: 249), "a =?utf-8?q?b?= c", "tab\there",
      String(repeating: "e\u{301}\u{323}", count: 100), "=?",
    ]
    for text in texts {
      for name in ["Subject", "X-A-Name-That-Is-Long-" + String(repeating: "x", count: 70)] {
        let lines = wire(text, name: name)
        let expected = text.replacing("\t", with: "")
        #expect(lines.allSatisfy { $0.utf8.count <= 998 }, "\(text)")
        #expect(lines.dropFirst().allSatisfy { $0.first == " " && $0.contains { $0 != " " } })
        for line in lines where line.contains("=?UTF-8?B?") {
          let words = line.split(separator: " ").filter { $0.hasPrefix("=?") }
          #expect(words.allSatisfy { $0.utf8.count <= 75 })
        }
        #expect(Self.read(lines, name) == expected, "\(lines)")
      }
    }
  }

  /// Returns the text of a header by the rules of RFC 5322 and RFC 2047.
  private static func read(_ lines: [String], _ name: String) -> String {
    let value = String(lines.joined().dropFirst(name.count + 2))
    guard value.contains("=?UTF-8?B?") else { return value }
    var bytes: [UInt8] = []
    for word in value.split(separator: " ") {
      bytes += Data(base64Encoded: String(word.dropFirst(10).dropLast(2))) ?? Data()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("Names before an address: quoted, encoded or omitted; never longer than a line may be")
  func names() {
    #expect(address("kim@example.com", "Kim") == ["To: Kim <kim@example.com>"])
    #expect(address("kim@example.com", "") == ["To: kim@example.com"])
    #expect(address("kim@example.com", "\t\n") == ["To: <kim@example.com>"])
    #expect(
      address("kim@example.com", "O'Neil, \"K\\\"")
        == ["To: \"O'Neil, \\\"K\\\\\\\"\" <kim@example.com>"])
    let long = address("kim@example.com", String(repeating: "long.name,", count: 200))
    #expect(long.allSatisfy { $0.utf8.count <= 998 })
    #expect(address("news@example.com\r\nBcc: all@example.com", "").count == 1)
    let injected = address("kim@example.com", "Kim\r\nBcc: all@example.com")
    #expect(injected.allSatisfy { !$0.hasPrefix("Bcc") })
  }

  @Test("A non-ASCII domain is sent in its ASCII form (RFC 5891)")
  func domains() {
    #expect(EmailWire.address("kim@exämple.de") == "kim@xn--exmple-cua.de")
    #expect(EmailWire.address("kim@EXÄMPLE.de") == "kim@xn--exmple-cua.de")
    #expect(EmailWire.address("Kim@Example.com") == "Kim@Example.com")
    // A name that no server could resolve is not an address.
    #expect(EmailWire.address("kim@\u{FFFF}.com") == nil)
    #expect(EmailWire.address("kim@\u{AD}.com") == nil)
    // The local part is unchanged: servers with SMTPUTF8 accept it.
    #expect(EmailWire.address("jürgen@exämple.de") == "jürgen@xn--exmple-cua.de")
  }
}
