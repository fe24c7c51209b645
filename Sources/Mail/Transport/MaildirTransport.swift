import Foundation
import Glibc
import Synchronization

/// Writes messages into a maildir. A file's name is derived from its send alone and the file is renamed into
/// `new`, so handing a message over twice leaves one file.
struct MaildirTransport: MailTransport {
  let path: String
  let isIdempotent = true
  let groupSize = 200

  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome] {
    for folder in ["", "/tmp", "/new", "/cur"] {
      guard makeFolder(path + folder) else {
        return messages.map { _ in .down("cannot make the folder \(path)\(folder)") }
      }
    }
    // Only what may have been written before can have been read already.
    let read = messages.contains(where: \.isRepeated) ? namesInCurrent() : []
    return messages.map { message in
      let name = Self.name(of: message)
      if message.isRepeated, read.contains(name) { return .accepted }
      return write(message, name)
    }
  }

  /// Returns the name of a message's file.
  static func name(of message: OutgoingMessage) -> String {
    "\(SendHash.text(message.hash)).martlet"
  }

  private func makeFolder(_ path: String) -> Bool {
    if access(path, W_OK) == 0 { return true }
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return true }
    guard errno == ENOENT else { return false }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      return true
    } catch {
      return false
    }
  }

  /// Returns the names of messages that a reader has moved to `cur`, without their flags.
  private func namesInCurrent() -> Set<String> {
    guard let folder = opendir(path + "/cur") else { return [] }
    defer { closedir(folder) }
    var names: Set<String> = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.insert(String(name.prefix { $0 != ":" }))
    }
    return names
  }

  private func write(_ message: OutgoingMessage, _ name: String) -> DeliveryOutcome {
    // A former holder of the job may still be writing the same message.
    let temporary = "\(path)/tmp/\(name).\(UInt64.random(in: 0 ... .max))"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return failure("cannot be opened") }
    var head = Array("Return-Path: <\(message.sender)>\r\n".utf8)
    head += Array("DeliveryResult-To: \(message.recipient)\r\n".utf8)
    for copy in message.copies { head += Array("X-Martlet-Copy: \(copy)\r\n".utf8) }
    let isWritten = Self.write(head, file) && Self.write(message.content, file)
    guard close(file) == 0, isWritten else { return failure("cannot be written") }
    guard rename(temporary, "\(path)/new/\(name)") == 0 else { return failure("cannot be moved") }
    return .accepted
  }

  private static func write(_ bytes: [UInt8], _ file: Int32) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(file, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      offset += count
    }
    return true
  }

  private func failure(_ what: String) -> DeliveryOutcome {
    .down("a file in \(path) \(what): \(String(cString: strerror(errno)))")
  }
}
