import Foundation
import Runtime

/// Standard output and standard error of the command line.
enum Console {
  /// Whether standard output is a terminal.
  static let isTerminal = isatty(1) == 1
  /// Whether standard error is a terminal: there a progress bar may move.
  static let errorIsTerminal = isatty(2) == 1

  /// A line to standard output.
  static func line(_ text: String) { put(text + "\n", to: .standardOutput) }

  /// A line to standard error.
  static func error(_ text: String) { put(text + "\n", to: .standardError) }

  /// Text to standard error without a line's end.
  static func progress(_ text: String) { put(text, to: .standardError) }

  /// A value as one line of JSON.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    line(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Columns of the terminal; 80 without a terminal.
  static var width: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func put(_ text: String, to handle: FileHandle) {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      // The reader has gone, as in `martlet jobs list | head`: nothing reads the output.
      exit(0)
    }
  }
}

/// A failure that the command line explains in its own words.
struct CommandFailure: Error, CustomStringConvertible {
  var status: ExitStatus = .failed
  let description: String

  init(_ description: String, status: ExitStatus = .failed) {
    self.description = "martlet: \(description)"
    self.status = status
  }
}
