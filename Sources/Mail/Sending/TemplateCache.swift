import CSodium
import Fields
import Foundation
import JobQueue
import Postgres
import Synchronization

/// An e-mail ready to be sent.
struct CachedTemplate: Sendable {
  var template: Template
  var revision: Int
  var copyID: Int64
  var dynamicContent: [DynamicContent]

  /// The size of its contents in bytes; it keeps several forms of them.
  fileprivate var size: Int {
    (template.copy.html?.utf8.count ?? 0) + (template.copy.plainText?.utf8.count ?? 0)
      + dynamicContent.reduce(0) { $0 + $1.texts.reduce(0) { $0 + $1.utf8.count } }
  }
}

/// A cache of templates, valid until the e-mail or the settings change.
final class TemplateCache: Sendable {
  private let transactions: TransactionRunner
  private let site: MailSite
  private let fields: FieldStore
  private let objects: ObjectAddresses
  private let cache = Mutex<[Int64: CachedTemplate]>([:])
  /// The maximum number of templates, and of bytes of their contents.
  private static let (capacity, capacityBytes) = (256, 32 << 20)

  init(
    transactions: TransactionRunner, site: MailSite, fields: FieldStore, objects: ObjectAddresses
  ) {
    self.transactions = transactions
    self.objects = objects
    self.site = site
    self.fields = fields
  }

  /// Returns the current template of an e-mail; nil if there is no such e-mail.
  func template(
    _ email: Int64, settings: MailSettings, now: Date
  ) async throws -> CachedTemplate? {
    guard
      let revision: Int = try await transactions.postgres.query(
        "SELECT revision FROM emails WHERE id = \(email)"
      ).first?.decode(at: 0)
    else { return nil }
    let known = cache.withLock { $0[email] }
    if let known, known.revision == revision, known.template.settings == settings { return known }
    guard let made = try await make(email, settings: settings, now: now) else { return nil }
    cache.withLock { cache in
      let bytes = cache.values.reduce(made.size) { $0 + $1.size }
      if cache.count >= Self.capacity || bytes > Self.capacityBytes { cache.removeAll() }
      cache[email] = made
    }
    return made
  }

  private func make(
    _ email: Int64, settings: MailSettings, now: Date
  ) async throws -> CachedTemplate? {
    try await transactions.transaction(at: now) { transaction in
      guard
        let source = try await TemplateSource.read(
          email, self.objects, on: transaction.connection)
      else { return nil }
      let variants = source.dynamicContent.flatMap(\.texts)
      let definitions = try await self.fields.current(on: transaction.connection)
      let urlFields = Set(definitions.all.filter { $0.type == .url }.map(\.alias))
      let urls = Template.links(
        of: source.copy, dynamic: variants, settings: settings, urlFields: urlFields)
      let keys = try await LinkStore.keys(of: urls, channelID: email, in: transaction)
      let template = Template(
        copy: source.copy, envelope: source.envelope, settings: settings, links: keys,
        site: self.site.url, dynamic: variants, urlFields: urlFields)
      return CachedTemplate(
        template: template, revision: source.revision,
        copyID: try await source.copy.store(in: transaction),
        dynamicContent: source.dynamicContent)
    }
  }
}

/// An e-mail as the source of its template.
struct TemplateSource: Sendable {
  var copy: MailCopy
  var envelope: MailEnvelope
  var dynamicContent: [DynamicContent]
  var revision: Int
}
