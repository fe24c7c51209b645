import Foundation
import Imports
import NIOCore
import Primitives

/// The entity `import` (API page, 11.2).
struct ImportEntity {
  private let item: Import
  private let now: Date

  init(_ item: Import, at now: Date) {
    self.item = item
    self.now = now
  }

  var json: JSONValue { .object(members) }

  /// Whether it continues without another request.
  var isMoving: Bool {
    if let undo = item.undo { return undo.dateEnded == nil }
    return switch item.status {
    case .queued, .inProgress, .delayed, .manual, .uploading: true
    case .draft, .imported, .failed, .stopped: false
    }
  }

  /// The seconds after which to poll again: fewer if a user waits for it.
  var retryAfter: String { item.shownStatus == .manual ? "1" : "2" }

  /// An entity tag of everything shown, except the speed, which changes over time.
  var tag: String {
    var still = members
    still["speed"] = nil
    let fingerprint = Fingerprint()
    fingerprint.update(ByteBuffer(bytes: JSONValue.object(still).rendered))
    return "\"\(Hex.encode(fingerprint.digest.prefix(12)))\""
  }

  /// Whether a client that sends these tags has the current state.
  func matches(_ ifNoneMatch: String?) -> Bool {
    guard let ifNoneMatch else { return false }
    let tag = tag
    return ifNoneMatch.split(separator: ",").contains { candidate in
      let bare = String(candidate).trimmingBlanks
      return bare == "*" || bare == tag || bare == "W/\(tag)"
    }
  }

  var members: JSONObject {
    var members: JSONObject = [
      "isPublished": .bool(item.isPublished), "dateAdded": JSONValue(item.dateAdded),
      "dateModified": JSONValue(item.dateModified), "createdBy": JSONValue(item.createdBy),
      "createdByUser": JSONValue(item.createdByUser), "modifiedBy": JSONValue(item.modifiedBy),
      "modifiedByUser": JSONValue(item.modifiedByUser),
      "id": .int(Int(item.id)), "object": .string(item.object.name),
      "originalFile": .string(item.originalFile), "status": .int(item.shownStatus.rawValue),
      "statusName": .string(item.shownStatus.name), "statusInfo": JSONValue(item.statusInfo),
      "cancelled": .bool(item.isCancelled), "priority": .int(item.priority),
      "lineCount": .int(item.lineCount), "insertedCount": .int(item.insertedCount),
      "updatedCount": .int(item.updatedCount), "ignoredCount": .int(item.ignoredCount),
      "processedCount": .int(item.processedCount), "leftOutCount": .int(item.leftOutCount),
      "progress": item.progress.map(JSONValue.double) ?? .null,
      "speed": .double(item.speed(at: now)), "dateStarted": JSONValue(item.dateStarted),
      "dateEnded": JSONValue(item.dateEnded),
      "headers": .array(item.headers.map(JSONValue.string)), "properties": properties,
      "jobId": JSONValue(item.jobID), "error": error,
      "remarks": .array(item.remarks.map(JSONValue.string)), "undo": undo,
    ]
    if item.status == .uploading {
      members.append("links", ["upload": .string("/api/imports/\(item.id)/file")])
    }
    return members
  }

  private var properties: JSONValue {
    let defaults = item.defaults
    let parser = item.parser
    return [
      "fields": Self.mapping(item.fields, headers: item.headers),
      "defaults": [
        "owner": JSONValue(defaults.owner), "list": JSONValue(defaults.list),
        "tags": .array(defaults.tags.map(JSONValue.string)),
        "skip_if_exists": .bool(defaults.skipIfExists), "stage": JSONValue(defaults.stage),
      ],
      "parser": [
        "delimiter": JSONValue(parser.delimiter), "enclosure": JSONValue(parser.enclosure),
        "escape": JSONValue(parser.escape), "encoding": JSONValue(parser.encoding),
        "header": JSONValue(parser.header), "firstLine": JSONValue(parser.firstLine),
        "dateOrder": JSONValue(parser.dateOrder?.rawValue),
        "decimalMark": JSONValue(parser.decimalMark?.rawValue),
        "tagSeparator": JSONValue(parser.tagSeparator),
        "batchlimit": .int(parser.batchLimit),
      ],
      "allowDuplicates": .bool(item.allowDuplicates), "autoStart": .bool(item.autoStart),
      "background": .bool(!item.isForeground),
    ]
  }

  private var undo: JSONValue {
    guard let undo = item.undo else { return .null }
    return [
      "dateStarted": JSONValue(undo.dateStarted), "dateEnded": JSONValue(undo.dateEnded),
      "removedCount": .int(undo.removedCount), "keptCount": .int(undo.keptCount),
    ]
  }

  private var error: JSONValue {
    guard let error = item.error else { return .null }
    var members: JSONObject = [
      "code": .string(error.code.rawValue), "message": .string(error.message),
    ]
    if let line = error.line { members.append("line", .int(line)) }
    return .object(members)
  }

  /// Column → target in the order of the file; columns that are not in it follow by name.
  static func mapping(_ fields: [String: String], headers: [String]) -> JSONValue {
    if fields.isEmpty { return [] }
    var object = JSONObject()
    var rest = fields
    for header in headers {
      if let target = rest.removeValue(forKey: header) { object.append(header, .string(target)) }
    }
    for (column, target) in rest.sorted(by: { $0.key < $1.key }) {
      object.append(column, .string(target))
    }
    return .object(object)
  }
}
