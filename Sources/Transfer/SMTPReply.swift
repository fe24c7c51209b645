/// The words of an SMTP server about a message, from the dialogue or from a report, and what they are about
/// (EML-221, EML-422). The only place that judges them.
package struct SMTPReply: Sendable, Equatable {
  /// The place of a reply in the dialogue.
  package enum Stage: Sendable, Equatable {
    /// The reply to MAIL.
    case sender
    /// The reply to RCPT, or a report about a recipient.
    case recipient
    /// The reply to DATA or to the content.
    case content
  }

  /// The cause of a refusal.
  package enum Verdict: Sendable, Equatable {
    /// The address takes no mail, for good.
    case address
    /// A temporary cause: a full mailbox, a busy server.
    case passing
    /// This message: its size, its form, its signs beyond ASCII.
    case message
    /// The sending side: its name, its reputation, its rights.
    case sender
    /// Another cause, or one that the words do not tell.
    case unclear
  }

  /// An enhanced status code (RFC 3463).
  package struct Status: Sendable, Equatable {
    package var kind: Int
    package var subject: Int
    package var detail: Int

    /// Parses `5.1.1`, which a comment may follow; nil for anything else.
    package init?(_ text: some StringProtocol) {
      var digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      // The end of a sentence.
      if digits.last == "." { digits.removeLast() }
      let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 3, let kind = Int(parts[0]), let subject = Int(parts[1]),
        let detail = Int(parts[2]), [2, 4, 5].contains(kind), subject < 1000, detail < 1000
      else { return nil }
      (self.kind, self.subject, self.detail) = (kind, subject, detail)
    }

    /// Whether it says no more than that something failed.
    var isVague: Bool { detail == 0 && subject <= 1 }
  }

  /// The three digits.
  package var code: Int?
  package var status: Status?
  /// The words behind the codes.
  package var text: String

  /// Parses a line such as `550 5.1.1 no such user`, `550-5.1.1 …` or `550 #5.1.0 …`; text without codes is accepted.
  package init(_ line: String) {
    var rest = line[...]
    func skipSeparators() { rest = rest.drop { $0 == " " || $0 == "-" || $0 == "\t" || $0 == "#" } }
    skipSeparators()
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    if digits.count == 3, let number = Int(digits), (200...599).contains(number) {
      code = number
      rest = rest.dropFirst(3)
      skipSeparators()
    }
    if let found = Status(rest) {
      status = found
      rest = rest.drop { $0.isNumber || $0 == "." }
    } else if let mark = rest.firstRange(of: "(#"), let found = Status(rest[mark.upperBound...]) {
      status = found
    }
    text = String(rest)
  }

  /// Reads the fields of a report. The server's own code in the diagnostic text counts before the status that the
  /// reporting program has made of it.
  package init(status: String?, diagnostic: String?) {
    let words = diagnostic ?? ""
    // `smtp; 550 …`
    let line = words.split(separator: ";", maxSplits: 1).last.map(String.init) ?? words
    self.init(line)
    let told = status.flatMap { Status($0.drop { $0 == " " }) }
    if self.status == nil || self.status?.isVague == true { self.status = told ?? self.status }
  }

  /// Whether it is a refusal for good.
  package var isPermanent: Bool { (status?.kind ?? code.map { $0 / 100 }) == 5 }

  /// The cause, for a refusal.
  package func verdict(at stage: Stage) -> Verdict {
    guard isPermanent, code.map({ $0 / 100 }) != 4 else { return .passing }
    let words = SMTPWords(text)
    if let status, !status.isVague {
      let verdict = Self.verdict(status)
      // Some servers give any refusal the status of an unknown address.
      if verdict == .address, words.nameBlocklist || stage == .sender { return .sender }
      return verdict == .unclear && stage == .sender ? .sender : verdict
    }
    if code == 552 { return stage == .recipient && !words.speakOfSize ? .passing : .message }
    if words.speakOfSize { return .message }
    if words.speakOfSender { return .sender }
    switch stage {
    case .sender: return .sender
    case .content: return .message
    case .recipient:
      if words.speakOfFullness { return .passing }
      let isAboutMailbox = code.map { [550, 551, 553].contains($0) } ?? true
      return isAboutMailbox && words.speakOfMailbox ? .address : .unclear
    }
  }

  /// The cause that a status names.
  private static func verdict(_ status: Status) -> Verdict {
    switch (status.subject, status.detail) {
    case (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4): .address
    case (2, 2): .passing
    case (2, 3), (3, 4), (4, 7), (6, _): .message
    case (1, 7), (1, 8), (7, _): .sender
    default: .unclear
    }
  }
}

/// The signs in the words of a server that tell what they are about where no status does.
struct SMTPWords {
  private let text: String
  private let words: Set<Substring>

  init(_ text: String) {
    // Addresses, links and quotations in angle brackets are no words of the server.
    var kept = ""
    var isQuoted = false
    for character in text.prefix(2000).lowercased() {
      if character == "<" { isQuoted = true }
      if !isQuoted { kept.append(character) }
      if character == ">" { isQuoted = false }
    }
    let plain = kept.split(whereSeparator: \.isWhitespace).filter {
      !$0.contains("@") && !$0.contains("://")
    }
    self.text = plain.joined(separator: " ")
    words = Set(self.text.split { !$0.isLetter && !$0.isNumber })
  }

  private func has(_ phrases: [String]) -> Bool { phrases.contains { text.contains($0) } }
  private func has(word list: [Substring]) -> Bool { !words.isDisjoint(with: list) }

  /// Whether they name a list of refused hosts.
  var nameBlocklist: Bool {
    has([
      "blocked using", "blacklist", "block list", "blocklist", "spamhaus", "spamcop", "barracuda",
    ])
      || has(word: ["rbl", "dnsbl"])
  }

  /// Whether they are about the sending side.
  var speakOfSender: Bool {
    nameBlocklist
      || has([
        "client host", "ip address", "your ", "access denied", "reverse dns", "looks like spam",
        "rejected by", "too many", "is listed", "currently listed", "relay", "authenticat",
        "black-list", "not authorized", "not authorised", "you are not", "you have been",
        "permitted to send", "allowed to send", "accept mail from", "accept messages from",
      ])
      || has(word: [
        "spam", "blocked", "policy", "policies", "reputation", "sender", "senders", "spf", "dkim",
        "dmarc", "helo", "ehlo", "ptr", "rdns", "denied", "prohibited", "unsolicited", "banned",
        "abuse", "virus", "untrusted", "greylisted", "rcpthosts", "rate", "bulk",
        "administrative", "administratively", "login", "client",
      ])
  }

  /// Whether they are about the size or the form of the message.
  var speakOfSize: Bool {
    has([
      "too large", "too big", "message size", "size limit", "maximum size", "exceeds size",
      "smtputf8", "non-ascii", "internationalized", "8bit", "eightbit",
    ]) || words.contains("oversize") || words.contains("eai")
  }

  /// Whether they are about a full mailbox.
  var speakOfFullness: Bool {
    has(["mailbox full", "is full", "over quota", "overquota", "storage", "exceeded"])
      || has(word: ["quota", "full", "overquota"])
  }

  /// Whether they say that there is no such mailbox.
  var speakOfMailbox: Bool {
    let nouns: [Substring] = [
      "mailbox", "user", "users", "recipient", "recipients", "address", "addressee", "account",
      "local", "mailboxes", "person",
    ]
    let denials: [Substring] = [
      "no", "not", "unknown", "invalid", "unavailable", "disabled", "inactive", "bad", "closed",
      "suspended", "expired", "deactivated", "nonexistent", "undeliverable", "unrouteable",
      "unroutable", "moved", "doesn", "isn", "deleted", "removed", "terminated", "discontinued",
    ]
    return has(word: nouns) && has(word: denials) || words.contains("moved")
  }
}
