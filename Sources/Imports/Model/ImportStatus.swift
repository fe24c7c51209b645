/// The status of an import (import-export.md 2.3; 0 and 8: api.md 11.2). The raw values are those
/// of the wire format and the database.
package enum ImportStatus: Int, Sendable, Codable, CaseIterable {
  /// Not started: the file has arrived and the import waits to be started.
  case draft = 0
  /// Waiting for a worker.
  case queued = 1
  /// Running on workers.
  case inProgress = 2
  /// All rows were processed; some may have been ignored.
  case imported = 3
  /// Cannot continue; the import's error has the reason.
  case failed = 4
  /// Stopped by a user, or cancelled.
  case stopped = 5
  /// Running in the foreground: shown instead of queued and in progress, never stored (IMP-23).
  case manual = 6
  /// Could not start yet; started automatically later.
  case delayed = 7
  /// Its file is still arriving.
  case uploading = 8

  /// The name on the wire.
  package var name: String {
    switch self {
    case .draft: "draft"
    case .queued: "queued"
    case .inProgress: "in_progress"
    case .imported: "imported"
    case .failed: "failed"
    case .stopped: "stopped"
    case .manual: "manual"
    case .delayed: "delayed"
    case .uploading: "uploading"
    }
  }

  /// Whether the import has ended and cannot be resumed.
  package var hasEnded: Bool { self == .imported || self == .failed }

  /// Whether mapping, defaults and priority may still be changed (api.md 11.2).
  package var isEditable: Bool {
    switch self {
    case .draft, .queued, .delayed, .uploading: true
    default: false
    }
  }
}
