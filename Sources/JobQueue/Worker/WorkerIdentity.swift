import Foundation
import Synchronization

/// Who a worker is.
final class WorkerIdentity: Sendable {
  let host: String
  let processID: Int
  let startedAt = Date()
  let id: String
  private let renames = Atomic<Int>(0)

  init() {
    host = ProcessInfo.processInfo.hostName
    processID = Int(ProcessInfo.processInfo.processIdentifier)
    let random = String(UInt32.random(in: 0 ... .max), radix: 36)
    id = "\(host)-\(processID)-\(random)"
  }

  /// A further consumer name, after the one before was declared dead.
  func rename() -> String {
    "\(id)-\(renames.add(1, ordering: .relaxed).newValue)"
  }
}
