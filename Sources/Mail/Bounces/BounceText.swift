import Foundation
import Primitives
import Transfer

/// Reads returned messages of programs that write no report for machines: qmail, Exim, and others that quote the
/// server's reply (EML-420).
enum BounceText {
  /// What such a message says about a recipient.
  struct Finding {
    /// The address; nil if it is not named.
    var address: String?
    var reply: SMTPReply
    /// The words of the server or of the program.
    var reason: String

    /// Creates a finding from the text about a recipient. Where no server is quoted the program itself gave up.
    init(_ address: String?, _ lines: some Sequence<Substring>) {
      let words = lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      self.address = address
      if let quoted = BounceText.quoted(words) {
        (reply, reason) = (SMTPReply(quoted), quoted)
      } else {
        reason = words.joined(separator: " ")
        reply = SMTPReply(reason)
        if reply.code == nil, reply.status == nil { reply.code = 550 }
      }
    }
  }

  /// Returns the findings of a message. Without a hash only a message that names its recipients in a header, or that
  /// has qmail's form, counts.
  static func findings(
    _ whole: MessagePart, _ parts: [MessagePart], hasHash: Bool
  ) -> [Finding] {
    guard let text = parts.first(where: { $0.type == "text/plain" })?.body else { return [] }
    let lines = text.split(separator: "\n", maxSplits: 500, omittingEmptySubsequences: false)
      .prefix(500)
    if text.drop(while: \.isWhitespace).hasPrefix("Hi. This is the") { return qmail(lines) }
    if let failed = whole.headers["x-failed-recipients"] { return exim(failed, own(lines)) }
    guard hasHash, isFromProgram(whole) else { return [] }
    let words = own(lines)
    guard quoted(words.map { $0.trimmingCharacters(in: .whitespaces) }) != nil else { return [] }
    return [Finding(words.lazy.compactMap(address).first, words)]
  }

  /// The paragraphs of qmail's form: one for each recipient, up to one that begins with a hyphen.
  private static func qmail(_ lines: ArraySlice<Substring>) -> [Finding] {
    var findings: [Finding] = []
    for paragraph in lines.split(whereSeparator: \.isEmpty).dropFirst().prefix(200) {
      guard let first = paragraph.first, first.first != "-" else { break }
      guard first.hasPrefix("<"), first.hasSuffix(">:") else { continue }
      let address = String(first.dropFirst().dropLast(2))
      findings.append(Finding(address, paragraph.dropFirst()))
    }
    return findings
  }

  /// The recipients of Exim's header, each with the indented lines behind its address.
  private static func exim(_ header: String, _ lines: [Substring]) -> [Finding] {
    header.split(separator: ",").prefix(200).map { part in
      let address = part.trimmingCharacters(in: .whitespaces)
      let start = lines.firstIndex {
        $0.trimmingCharacters(in: .whitespaces).lowercased().hasPrefix(address.lowercased())
      }
      guard let start else { return Finding(address, lines) }
      let indent = lines[start].prefix { $0 == " " }.count
      let about = lines[(start + 1)...].prefix {
        $0.isEmpty || $0.prefix { $0 == " " }.count > indent
      }
      return Finding(address, about)
    }
  }

  /// The lines of the program, without the returned message behind them.
  private static func own(_ lines: ArraySlice<Substring>) -> [Substring] {
    let ends = [
      "this is a copy of", "below this line is a copy", "original message", "returned message",
    ]
    return Array(
      lines.prefix { line in
        let line = line.lowercased()
        return !ends.contains { line.contains($0) } && !line.hasPrefix("received:")
      })
  }

  /// Whether the sender is a mail server: an automatic reply of a person is not a bounce (EML-422).
  private static func isFromProgram(_ whole: MessagePart) -> Bool {
    let sender = (whole.headers["from"] ?? "").lowercased()
    return ["mailer-daemon", "postmaster", "mail delivery", "mdaemon"].contains {
      sender.contains($0)
    }
  }

  private static func address(_ line: Substring) -> String? {
    guard let start = line.firstIndex(of: "<"), let end = line[start...].firstIndex(of: ">") else {
      return nil
    }
    let found = String(line[line.index(after: start)..<end])
    return EmailAddress.isValid(found) ? found : nil
  }

  /// Returns the first reply of a server that lines quote, such as `550 5.1.1 no such user`, at the beginning of a line
  /// or behind a colon, with the lines that go on with it.
  private static func quoted(_ lines: [String]) -> String? {
    for (index, line) in lines.enumerated() {
      var starts = [line.startIndex]
      starts += line.indices.filter { line[$0] == ":" || line[$0] == ";" || line[$0] == "<" }
        .map { line.index(after: $0) }
      for start in starts.prefix(20) {
        let rest = line[start...].drop { " <>".contains($0) }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 3, let code = Int(digits), (400...599).contains(code),
          rest.dropFirst(3).first.map({ $0 == " " || $0 == "-" }) ?? true
        else { continue }
        let more = lines[(index + 1)...].prefix { $0.hasPrefix(digits) }.map { $0.dropFirst(4) }
        return ([rest] + more).joined(separator: " ")
      }
    }
    return nil
  }
}
