package import Assets
package import Contacts
package import Fields
package import Forms
package import Foundation
package import Postgres

/// Makes the pages that visitors see.
package struct PageMaker: Sendable {
  let pool: PostgresPool
  let contacts: ContactStore
  let fields: FieldStore
  let forms: FormStore
  let assets: AssetStore
  /// The address of this installation, without a slash at its end.
  package let site: String
  private let cache: PageTemplateCache

  package init(
    pool: PostgresPool, contacts: ContactStore, fields: FieldStore, forms: FormStore,
    assets: AssetStore, site: String
  ) {
    self.pool = pool
    self.contacts = contacts
    self.fields = fields
    self.forms = forms
    self.assets = assets
    self.site = site
    cache = PageTemplateCache(pool: pool)
  }

  /// Who sees a page, and how.
  package struct Showing: Sendable {
    /// The contact; nil for an unknown visitor.
    package var contact: Int64?
    /// The recorded visit.
    package var hit: UUID?
    /// Whether the tracking script is part of the page.
    package var isTracked: Bool
    /// The parts of a preference centre, HTML, by name.
    package var slots: [String: String] = [:]

    package init(contact: Int64? = nil, hit: UUID? = nil, isTracked: Bool) {
      self.contact = contact
      self.hit = hit
      self.isTracked = isTracked
    }
  }

  /// The address of a page.
  package func address(of page: PageOutline) -> String { "\(site)/\(page.alias)" }

  /// Returns a page as a visitor sees it; nil if it was deleted meanwhile.
  ///
  /// - Throws: `PostgresError`.
  package func html(
    _ page: PageOutline, for showing: Showing, now: Date
  ) async throws -> [UInt8]? {
    guard let template = try await cache.template(of: page) else { return nil }
    var facts = PageFacts()
    facts.title = page.title
    facts.metaDescription = page.metaDescription ?? ""
    facts.slots = showing.slots
    if template.namesFields, let id = showing.contact,
      let contact = try await contacts.contact(id)
    {
      for (field, value) in contact.fields { facts.fields[field.alias] = value?.text }
      facts.fields["id"] = String(contact.id)
    }
    facts.pages = try await PageOutlineStore.pages(template.pages, in: pool).mapValues(address(of:))
    facts.assets = try await assets.slugs(of: template.assets).mapValues { "\(site)/asset/\($0)" }
    facts.forms = try await markup(of: template.forms, now: now)
    if showing.isTracked {
      facts.script = PageScript(site: site).html(hit: showing.hit, isThere: template.hasScript)
    }
    return template.filled(facts)
  }

  /// The markup of forms that are open, by id; the first brings the script of all, and the first with a look the sheet.
  private func markup(of ids: [Int64], now: Date) async throws -> [Int64: String] {
    guard !ids.isEmpty else { return [:] }
    let known = try await fields.current()
    var markup: [Int64: String] = [:]
    var style = ""
    for id in ids {
      guard let form = try await forms.form(id), form.values.closure(at: now) == nil else {
        continue
      }
      let isFirst = markup.isEmpty
      let made = FormMarkup(form: form, known: known, site: site)
        .filled([:], token: UUID().uuidString)
      let html = style.isEmpty ? made.style + made.html : made.html
      if style.isEmpty { style = made.style }
      markup[id] = isFirst ? html + formScript : html
    }
    return markup
  }

  private var formScript: String {
    let site = HTMLEscaping.text(site)
    var literal: [UInt8] = []
    HTMLEscaping.code(self.site, to: &literal)
    return """
      <script>window.MauticDomain="\(String(decoding: literal, as: UTF8.self))";</script>\
      <script src="\(site)/media/js/mautic-form.js"></script>
      """
  }
}
