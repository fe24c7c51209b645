import Foundation
package import Logging
import Synchronization

/// Writes log lines to a file descriptor, a line in one write.
///
/// A worker's lines must not interleave, and a reader that has gone away must not end the
/// process, so a failing write is dropped: there is nowhere to report it.
final class LogOutput: Sendable {
  static let standard = LogOutput(descriptor: 1)
  static let error = LogOutput(descriptor: 2)

  private let descriptor: Int32
  private let lock = Mutex(())

  init(descriptor: Int32) { self.descriptor = descriptor }

  func write(_ line: String) {
    var line = line
    line.withUTF8 { bytes in
      lock.withLock { _ in
        var rest = UnsafeRawBufferPointer(bytes)
        while let base = rest.baseAddress, rest.count > 0 {
          let written = Foundation.write(descriptor, base, rest.count)
          if written < 0 {
            if errno == EINTR { continue }
            return
          }
          rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
      }
    }
  }
}

/// The log handler of every Martlet process.
struct OutputLogHandler: LogHandler {
  let label: String
  let output: LogOutput
  let plain: Bool
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    let line =
      plain
      ? LogLine.plain(time: Date(), label: label, event: event, metadata: all)
      : LogLine.json(time: Date(), label: label, event: event, metadata: all)
    output.write(line)
  }
}

/// Logging of a process.
package enum Logs {
  /// A process's logger, writing as its configuration says.
  /// - Parameters:
  ///   - label: The name of the process in its lines, such as `worker`.
  ///   - configuration: Says the level and the form.
  ///   - toStandardError: For a command line, whose standard output is its answer.
  /// - Returns: The logger.
  package static func logger(
    _ label: String, _ configuration: ProcessConfiguration, toStandardError: Bool = false
  ) -> Logger {
    Logger(label: label, factory: factory(configuration, toStandardError: toStandardError))
  }

  /// Makes every logger of the process write this way. Call once, before anything logs.
  package static func bootstrap(
    _ configuration: ProcessConfiguration, toStandardError: Bool = false
  ) {
    let make = factory(configuration, toStandardError: toStandardError)
    LoggingSystem.bootstrap(make)
  }

  private static func factory(
    _ configuration: ProcessConfiguration, toStandardError: Bool
  ) -> @Sendable (String) -> any LogHandler {
    let output = toStandardError ? LogOutput.error : LogOutput.standard
    let plain =
      switch configuration.logFormat {
      case .json: false
      case .plain: true
      case .auto: isatty(toStandardError ? 2 : 1) == 1
      }
    let level = configuration.logLevel
    return { label in
      OutputLogHandler(label: label, output: output, plain: plain, logLevel: level)
    }
  }
}
