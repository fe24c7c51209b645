import Exports
import Foundation

/// The entity `export` (API page, 11.3).
struct ExportEntity {
  let export: Export
  let now: Date

  var json: JSONValue { .object(members) }

  var members: JSONObject {
    let options = export.options
    let status = export.status(at: now)
    return [
      "isPublished": .bool(status != .stopped), "dateAdded": JSONValue(export.dateAdded),
      "dateModified": JSONValue(export.dateModified),
      "createdBy": JSONValue(user: export.createdBy),
      "createdByUser": JSONValue(export.createdByUser),
      "modifiedBy": JSONValue(export.modifiedBy),
      "modifiedByUser": JSONValue(export.modifiedByUser), "id": .int(Int(export.id)),
      "object": "contact", "format": .string(options.format.rawValue),
      "status": .int(status.rawValue), "statusName": .string(status.name),
      "query": JSONValue(kept: options.query),
      "columns": .array(export.columns.map(JSONValue.string)),
      "delimiter": options.format == .csv ? .string(options.delimiter ?? ",") : .null,
      "gzip": .bool(options.gzip), "bom": .bool(options.byteOrderMark),
      "raw": .bool(options.raw), "notifyEmail": .bool(options.notifyEmail),
      "formulasNeutralised": .bool(options.neutralises),
      "neutralisedCount": .int(Int(export.neutralisedCount)),
      "shortenedCount": .int(Int(export.shortenedCount)),
      "failedCount": .int(export.leftOut.count),
      "failures": .array(
        export.leftOut.map {
          ["contact": .int(Int($0.contact)), "message": .string($0.reason)]
        }),
      "rowCount": JSONValue(export.rowCount),
      "processedCount": .int(Int(export.processedCount)),
      "progress": export.progress.map(JSONValue.double) ?? .null,
      "fileName": .string(export.fileName), "fileSize": JSONValue(export.fileSize),
      "sha256": JSONValue(export.sha256), "dateStarted": JSONValue(export.dateStarted),
      "dateEnded": JSONValue(export.dateEnded), "dateExpires": JSONValue(export.dateExpires),
      "downloadUrl": status == .ready ? .string("/api/exports/\(export.id)/download") : .null,
      "jobId": JSONValue(export.jobID), "error": error,
    ]
  }

  private var error: JSONValue {
    guard let error = export.error else { return .null }
    return ["code": .string(error.code.rawValue), "message": .string(error.message)]
  }
}
