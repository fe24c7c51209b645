import Contacts
import Foundation
import Postgres
import Primitives

/// Validates an e-mail (email.md 18).
struct EmailCheck {
  let values: EmailValues
  let id: Int64?
  private var problems: [InvalidInput.Problem] = []

  init(_ values: EmailValues, id: Int64?) {
    self.values = values
    self.id = id
  }

  private mutating func refuse(_ member: String, _ message: String) {
    problems.append(.init(member: member, message: message))
  }

  /// Checks everything; the family's rows are locked, so that weights cannot change.
  ///
  /// - Throws: ``InvalidInput`` with all errors.
  mutating func check(on connection: PostgresConnection) async throws {
    try texts()
    addresses()
    headers()
    if let up = values.publishUp, let down = values.publishDown, down < up {
      refuse("publishDown", "the e-mail ends before it begins")
    }
    try await segments(on: connection)
    try await parents(on: connection)
    if let category = values.category {
      try await CategoryStore.require([category], on: connection)
    }
    try finish()
  }

  /// Checks the content alone, of which nothing is required.
  ///
  /// - Throws: ``InvalidInput`` with all errors.
  mutating func checkContent() throws {
    try texts(isDraft: true)
    addresses()
    try finish()
  }

  private func finish() throws(InvalidInput) {
    guard !problems.isEmpty else { return }
    var error = InvalidInput(problems[0].member, problems[0].message)
    error.problems = problems
    throw error
  }

  private mutating func texts(isDraft: Bool = false) throws {
    let limits: [(String, String?, Int, isRequired: Bool)] = [
      ("name", values.name, 191, true), ("subject", values.subject, 998, true),
      ("preheaderText", values.preheader, 1000, false),
      ("description", values.description, 65_535, false),
      ("customHtml", values.html, 4 << 20, false), ("plainText", values.plainText, 4 << 20, false),
      ("fromName", values.fromName, 191, false), ("template", values.template, 191, false),
      ("language", values.language, 35, true), ("bccAddress", values.bcc, 1000, false),
      ("fromAddress", values.fromAddress, 1000, false),
      ("replyToAddress", values.replyTo, 1000, false),
      ("utmTags", values.utm.source, 255, false), ("utmTags", values.utm.medium, 255, false),
      ("utmTags", values.utm.campaign, 255, false), ("utmTags", values.utm.content, 255, false),
    ]
    for (member, text, limit, isRequired) in limits {
      guard let text, !text.isEmpty else {
        if isRequired, !isDraft { refuse(member, "a value is required") }
        continue
      }
      if text.unicodeScalars.count > limit {
        refuse(member, "\(InvalidInput.shown(text)) is longer than \(limit) characters")
      }
      if text.contains("\0") { refuse(member, "not valid text") }
    }
    for (member, text) in [("subject", values.subject), ("fromName", values.fromName ?? "")]
    where text.contains(where: \.isNewline) {
      refuse(member, "\(InvalidInput.shown(text)) has line breaks")
    }
    if !values.language.utf8.allSatisfy({
      $0.isLetter || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        || ($0 &- 0x30 < 10)
    }) {
      refuse("language", "\(InvalidInput.shown(values.language)) is no language")
    }
    if values.assets.count > 200 { refuse("assetAttachments", "more than 200") }
    if try JSON(values.dynamicContent).bytes.count > 4 << 20 {
      refuse("dynamicContent", "more than 4 MiB")
    }
    if let part = values.dynamicContent.unstorable("dynamicContent") {
      refuse(part, "not valid text")
    }
  }

  private mutating func addresses() {
    for (member, text) in [
      ("fromAddress", values.fromAddress), ("replyToAddress", values.replyTo),
    ] {
      guard let text, !Self.hasToken(text), !EmailAddress.isValid(text) else { continue }
      refuse(member, "\(InvalidInput.shown(text)) is no e-mail address")
    }
    for part in (values.bcc ?? "").split(separator: ",") {
      let text = part.trimmingBlanks()
      if !Self.hasToken(text), !EmailAddress.isValid(text) {
        refuse("bccAddress", "\(InvalidInput.shown(text)) is no e-mail address")
      }
    }
  }

  private static func hasToken(_ text: String) -> Bool {
    TokenScanner.pieces(text).contains { piece in
      switch piece {
      case .field, .owner: true
      default: false
      }
    }
  }

  private mutating func headers() {
    if values.headers.count > 50 { refuse("headers", "more than 50") }
    for (name, value) in values.headers.sorted(by: { $0.key < $1.key }) {
      let isName =
        (1...100).contains(name.utf8.count)
        && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
      if !isName {
        refuse("headers", "\(InvalidInput.shown(name)) is no name of a header")
      } else if MIMEMessage.isReserved(name) {
        refuse("headers", "\(InvalidInput.shown(name)) is set by the system alone")
      }
      if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        refuse("headers", "the value of \(InvalidInput.shown(name)) has line breaks")
      } else if value.utf8.count > 4000 {
        refuse("headers", "the value of \(InvalidInput.shown(name)) is longer than 4000 bytes")
      }
    }
  }

  private mutating func segments(on connection: PostgresConnection) async throws {
    let isChild = values.variantParent != nil || values.translationParent != nil
    if values.type == .list, values.segments.isEmpty, !isChild {
      refuse("lists", "an e-mail for segments needs at least one")
    }
    if values.segments.count + values.excludedSegments.count > 200 {
      return refuse("lists", "more than 200 segments")
    }
    let both = Set(values.segments).intersection(values.excludedSegments).sorted()
    if !both.isEmpty {
      refuse("excludedLists", "segment \(both[0]) is both included and excluded")
    }
    let named = values.segments + values.excludedSegments
    guard !named.isEmpty else { return }
    let rows = try await connection.query(EmailReferenceStatements.lockSegments(named))
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    for id in named where !known.contains(id) {
      refuse(values.segments.contains(id) ? "lists" : "excludedLists", "there is no segment \(id)")
    }
  }

  private mutating func parents(on connection: PostgresConnection) async throws {
    let wanted: [(String, Int64?)] = [
      ("variantParent", values.variantParent), ("translationParent", values.translationParent),
    ]
    if wanted.allSatisfy({ $0.1 != nil }) {
      refuse("variantParent", "an e-mail cannot be a variant and a translation")
    }
    for (member, parent) in wanted {
      guard let parent else { continue }
      let rows = try await connection.query(EmailReferenceStatements.lockParent(parent))
      guard let row = rows.first, parent != id else {
        refuse(member, "there is no such e-mail \(parent)")
        continue
      }
      let grandparent: Int64? =
        try row.decode(at: 0, as: Int64?.self) ?? row.decode(at: 1, as: Int64?.self)
      if grandparent != nil { refuse(member, "e-mail \(parent) has a parent itself") }
      if let id {
        let children = try await connection.query(EmailReferenceStatements.anyChild(of: id))
        if !children.isEmpty { refuse(member, "the e-mail has variants or translations itself") }
      }
    }
    guard let parent = values.variantParent else { return }
    let weight = values.variantWeight ?? 0
    guard (1...100).contains(weight) else {
      return refuse("variantSettings", "the weight \(weight) is not within 1 to 100")
    }
    let others: Int =
      try await connection.query(EmailReferenceStatements.weights(of: parent, without: id)).first?
      .decode(at: 0) ?? 0
    if others + weight > 100 {
      refuse("variantSettings", "the weights of all variants add up to \(others + weight)")
    }
  }
}
