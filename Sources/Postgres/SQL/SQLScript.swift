/// Splits a script into statements, for those that must be sent one by one.
enum SQLScript {
  /// The statements without their semicolons; comments stay with the statement they stand in.
  static func statements(in script: String) -> [String] {
    let bytes = Array(script.utf8)
    var scanner = Scanner(bytes: bytes)
    var statements: [String] = []
    var start = 0
    var hasContent = false
    func finish(_ end: Int) {
      if hasContent {
        let text = String(decoding: bytes[start..<end], as: UTF8.self)
        statements.append(String(text.trimming(while: \.isWhitespace)))
      }
    }
    while let token = scanner.next() {
      switch token {
      case .semicolon:
        finish(scanner.position - 1)
        start = scanner.position
        hasContent = false
      case .content: hasContent = true
      case .blank: break
      }
    }
    finish(bytes.count)
    return statements
  }

  private enum Token {
    case semicolon
    case content
    case blank
  }

  /// Steps over quoted texts, names, dollar quotes and comments as wholes.
  private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    mutating func next() -> Token? {
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: ";"):
        position += 1
        return .semicolon
      case UInt8(ascii: "'"):
        let previous = position > 0 ? bytes[position - 1] : 0
        let beforeThat = position > 1 ? bytes[position - 2] : 0
        let isEscaped = (previous | 0x20) == UInt8(ascii: "e") && !Self.isWord(beforeThat)
        skipQuoted(byte, backslashes: isEscaped)
        return .content
      case UInt8(ascii: "\""):
        skipQuoted(byte, backslashes: false)
        return .content
      case UInt8(ascii: "-") where follows("--"):
        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
        return .blank
      case UInt8(ascii: "/") where follows("/*"):
        skipComment()
        return .blank
      case UInt8(ascii: "$"):
        skipDollarQuoted()
        return .content
      default:
        position += 1
        return byte <= 0x20 ? .blank : .content
      }
    }

    private func follows(_ text: String) -> Bool {
      bytes[position...].starts(with: text.utf8)
    }

    private mutating func skipQuoted(_ quote: UInt8, backslashes: Bool) {
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if backslashes, byte == UInt8(ascii: "\\") { position += 1 }
        // A doubled quote ends one run and begins the next, which comes to the same.
        if byte == quote { return }
      }
    }

    /// Comments nest.
    private mutating func skipComment() {
      var depth = 0
      while position < bytes.count {
        if follows("/*") {
          depth += 1
          position += 2
        } else if follows("*/") {
          depth -= 1
          position += 2
          if depth == 0 { return }
        } else {
          position += 1
        }
      }
    }

    private mutating func skipDollarQuoted() {
      let start = position
      var end = position + 1
      // A dollar inside a name or before a number begins no quote.
      let isInName = start > 0 && Self.isWord(bytes[start - 1])
      while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
      guard !isInName, end < bytes.count, bytes[end] == UInt8(ascii: "$"),
        !(bytes[start + 1] >= 0x30 && bytes[start + 1] <= 0x39)
      else {
        position += 1
        return
      }
      let tag = Array(bytes[start...end])
      position = end + 1
      while position < bytes.count {
        if bytes[position...].starts(with: tag) {
          position += tag.count
          return
        }
        position += 1
      }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
      let lower = byte | 0x20
      return (lower >= 0x61 && lower <= 0x7A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F
        || byte >= 0x80
    }
  }
}

extension StringProtocol {
  /// The text without what fulfils the predicate at its ends.
  fileprivate func trimming(while predicate: (Character) -> Bool) -> SubSequence {
    guard let first = firstIndex(where: { !predicate($0) }),
      let last = lastIndex(where: { !predicate($0) })
    else { return self[endIndex...] }
    return self[first...last]
  }
}
