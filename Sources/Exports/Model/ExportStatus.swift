/// The status of an export; the numbers and names are those of the wire format (api.md 11.3).
package enum ExportStatus: Int, Sendable, CaseIterable {
  case queued = 1
  case inProgress = 2
  case ready = 3
  case failed = 4
  case stopped = 5
  case expired = 6

  /// The name on the wire.
  package var name: String {
    switch self {
    case .queued: "queued"
    case .inProgress: "in_progress"
    case .ready: "ready"
    case .failed: "failed"
    case .stopped: "stopped"
    case .expired: "expired"
    }
  }

  /// Whether it proceeds without any action by a user.
  package var isPending: Bool { self == .queued || self == .inProgress }
}

/// The format of a file (EXP-01).
package enum ExportFormat: String, Sendable, Codable, CaseIterable {
  /// RFC 4180, UTF-8.
  case csv
  /// An Excel workbook.
  case xlsx
  /// One JSON object per line.
  case jsonl

  /// The formats as listed in errors.
  package static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The content type of the file.
  package var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8"
    case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case .jsonl: "application/x-ndjson"
    }
  }
}
