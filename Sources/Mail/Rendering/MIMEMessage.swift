import Foundation

/// A message in the form handed to the transport (EML-301).
struct MIMEMessage {
  var sender: Sender
  var recipient: (name: String, address: String)
  var subject: String
  var date: Date
  /// The Message-ID, derived from the send, the same on every attempt (EML-211).
  var messageID: String
  /// The headers besides those that every message has.
  var headers: [(name: String, value: String)]
  var html: [UInt8]?
  var plain: [UInt8]
  /// A text that occurs nowhere in the bodies.
  var boundary: String

  /// Whether a header is the product's own, so that an e-mail cannot set it (email.md 18).
  static func isReserved(_ name: String) -> Bool {
    let name = name.lowercased()
    return [
      "from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version",
      "reply-to", "return-path",
    ].contains(name) || name.hasPrefix("content-")
  }

  /// Returns the bytes, with CR LF as line endings.
  func bytes() -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity((html?.count ?? 0) * 9 / 8 + plain.count * 9 / 8 + 2048)
    MIMEHeader.append("From", address: sender.address, called: sender.name, to: &output)
    if let reply = sender.replyTo {
      MIMEHeader.append("Reply-To", address: reply, called: "", to: &output)
    }
    MIMEHeader.append("To", address: recipient.address, called: recipient.name, to: &output)
    MIMEHeader.append("Subject", text: subject, to: &output)
    MIMEHeader.append("Date", words: [MIMEHeader.date(date)], to: &output)
    MIMEHeader.append("Message-ID", words: ["<\(messageID)>"], to: &output)
    for header in headers {
      if header.name == "List-Unsubscribe" {
        // URLs must not become encoded words.
        let parts = header.value.split(separator: " ").map { MIMEHeader.ascii($0) }
        MIMEHeader.append(header.name, words: parts, to: &output)
      } else {
        MIMEHeader.append(header.name, text: header.value, to: &output)
      }
    }
    MIMEHeader.append("MIME-Version", words: ["1.0"], to: &output)
    guard let html else {
      appendPart("text/plain", plain, to: &output)
      return output
    }
    MIMEHeader.append(
      "Content-Type", words: ["multipart/alternative;", "boundary=\"\(boundary)\""], to: &output)
    for (type, content) in [("text/plain", plain), ("text/html", html)] {
      output.append(contentsOf: "\r\n--\(boundary)\r\n".utf8)
      appendPart(type, content, to: &output)
    }
    output.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
    return output
  }

  private func appendPart(_ type: String, _ content: [UInt8], to output: inout [UInt8]) {
    output.append(
      contentsOf: """
        Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n
        """.utf8)
    QuotedPrintable.encode(content, into: &output)
    if output.last != 0x0A { output.append(contentsOf: "\r\n".utf8) }
  }
}
