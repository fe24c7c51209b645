/// Where an import stands (import-export.md 2.3; 0 and 8 are api.md 11.2). The raw values are the
/// numbers of the wire format and of the database.
package enum ImportStatus: Int, Sendable, Codable, CaseIterable {
  /// Put together, not started: the file is here, somebody still has to start it.
  case draft = 0
  /// Waiting for a worker.
  case queued = 1
  /// A worker is on it.
  case inProgress = 2
  /// All rows were handled; some may have been ignored.
  case imported = 3
  /// Cannot go on; the import's error says why.
  case failed = 4
  /// Switched off by a user, or cancelled.
  case stopped = 5
  /// Being done in the foreground: shown in the place of queued and in progress, never stored (IMP-23).
  case manual = 6
  /// Could not start yet; taken up again automatically.
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

  /// Whether nothing will happen any more by itself or by resuming.
  package var hasEnded: Bool { self == .imported || self == .failed }

  /// Whether mapping, defaults and priority may still be changed (api.md 11.2).
  package var isEditable: Bool {
    switch self {
    case .draft, .queued, .delayed, .uploading: true
    default: false
    }
  }
}
