public import Foundation

/// Messages that were delivered to a folder.
public enum Maildir {
  /// The messages so far.
  public static func files(_ folder: URL) throws -> [URL] {
    let new = folder.appending(path: "new")
    guard FileManager.default.fileExists(atPath: new.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: new, includingPropertiesForKeys: nil)
  }

  /// The subject of a message.
  public static func subject(_ file: URL) throws -> String {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Subject: ") }
    return line.map { String($0.dropFirst(9)) } ?? ""
  }
}

extension Maildir {
  /// The instant that a message gives as its date.
  public static func date(_ file: URL) throws -> Date {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("Date: ") }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "EEE, d MMM yyyy HH:mm:ss Z"
    return line.flatMap { formatter.date(from: String($0.dropFirst(6))) } ?? .distantPast
  }
}
