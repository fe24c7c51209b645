import Fields
import Forms
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Primitives

/// What websites and visitors see of forms: the page, the markup, the scripts (tracking.md 1, 12). There is no login
/// here.
struct FormPageRoutes: Sendable {
  let forms: FormStore
  let submitter: FormSubmitter
  let fields: FieldStore
  /// The address of this installation.
  let site: String
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/form/{id}", needs: .anyone) { try await page($0) }.summarized(
        "A form as a page"),
      Route(.get, "/form/embed/{id}", needs: .anyone) { try await embed($0) }.summarized(
        "A form for a frame"),
      Route(.get, "/form/generate.js", needs: .anyone) { try await generate($0) }.summarized(
        "A form as a script"),
      Route(.get, "/form/challenge", needs: .anyone) { try await challenge($0) }.summarized(
        "What a form has its visitor prove"),
      Route(.get, "/media/js/mautic-form.js", needs: .anyone) { _ in
        script(FormScripts.client, caching: "public, max-age=3600")
      }.summarized("The script of forms"),
    ]
  }

  /// The stand-alone page. Members of the query that are aliases of fields fill them in; `css` adds style sheets.
  private func page(_ request: APIRequest) async throws -> APIResponse {
    guard let markup = try await markup(try request.id) else { return PublicPage.notFound }
    let form = markup.form
    let filled = try await filled(markup, request)
    let sheets = styleSheets(request).map {
      "<link rel=\"stylesheet\" href=\"\(PublicPage.escape($0))\">"
    }
    let robots = form.values.settings.isNotIndexed ?? true ? "noindex" : "index"
    let content = """
      <title>\(PublicPage.escape(form.values.name))</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="robots" content="\(robots)">
      <style>\(FormStyle.page)</style>\(sheets.joined())
      </head><body><main>
      <h1>\(PublicPage.escape(form.values.name))</h1>
      \(form.values.description ?? "")
      \(filled.html)
      </main>
      """
    return document(content, language: form.values.settings.language)
  }

  /// The markup with the scripts that make it work, for a frame; `?video=1`: the markup alone, which scripts put over a
  /// video, and so without anything that is known of the visitor.
  private func embed(_ request: APIRequest) async throws -> APIResponse {
    guard let markup = try await markup(try request.id) else { return PublicPage.notFound }
    if request.query["video"]?.truth == true {
      let bare = markup.filled([:], hiding: [], token: ScriptNonce.make())
      return APIResponse(
        headers: [
          .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-store",
          .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
          .xContentTypeOptions: "nosniff",
        ], body: .whole(ByteBuffer(string: bare.style + bare.html)))
    }
    let filled = try await filled(markup, request)
    let content = """
      <title>\(PublicPage.escape(markup.form.values.name))</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <style>\(FormStyle.frame)</style></head><body>
      \(filled.html)
      """
    return document(
      content, language: markup.form.values.settings.language, script: FormScripts.frame)
  }

  /// The markup for one visitor: with what is known of it, and with the values of the query.
  private func filled(_ markup: FormMarkup, _ request: APIRequest) async throws -> FormMarkup {
    let profile = try await submitter.profile(of: markup.form, FormVisit(request))
    let values = profile.values(for: markup.form)
      .merging(values(of: markup.form, request)) { $1 }
    return markup.ours.filled(
      values, hiding: profile.hidden(in: markup.form), token: ScriptNonce.make())
  }

  /// A challenge for a form that has them. Any website that shows the form may ask.
  private func challenge(_ request: APIRequest) async throws -> APIResponse {
    guard let id = request.query["id"]?.integer, let markup = try await markup(Int64(id)),
      markup.form.values.settings.hasChallenge,
      let made = submitter.challenges.make(for: markup.form.id, now: clock.now)
    else { throw APIError.notFound }
    return APIResponse(json: [
      "algorithm": .string(made.algorithm), "challenge": .string(made.challenge),
      "maxnumber": JSONValue(made.maxnumber), "salt": .string(made.salt),
      "signature": .string(made.signature),
    ]).with(.accessControlAllowOrigin, "*")
  }

  private func document(_ content: String, language: String?, script: String = "") -> APIResponse {
    let nonce = ScriptNonce.make()
    let origin = JSONValue.string(site).scriptLiteral
    let html = """
      <!DOCTYPE html>
      <html lang="\(PublicPage.escape(language ?? "en"))"><head><meta charset="utf-8">
      \(content)
      <script nonce="\(nonce)">window.MauticDomain = \(origin); \(script)</script>
      <script nonce="\(nonce)" src="\(PublicPage.escape(site))/media/js/mautic-form.js"></script>
      </body></html>
      """
    let policy = """
      default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'unsafe-inline' http: https:; \
      img-src * data:; font-src * data:; media-src *; form-action *; frame-src \(source); \
      connect-src \(source); base-uri 'none'
      """
    return APIResponse(
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-store",
        .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
      ], body: .whole(ByteBuffer(string: html)))
  }

  /// This installation as a source of frames: the hidden one that a submission goes through.
  private var source: String {
    let scheme = site.prefix { $0 != ":" }
    guard let host = WebTarget.host(of: site) else { return "'self'" }
    return "'self' \(scheme)://\(host)"
  }

  /// A form that is unknown or not open gives an empty script: the page of the website stays as it is.
  private func generate(_ request: APIRequest) async throws -> APIResponse {
    guard let id = request.query["id"]?.integer, let markup = try await markup(Int64(id)) else {
      return script([], caching: "no-cache")
    }
    return script(
      Array(try FormScripts.generate(markup, site: site).utf8), caching: "no-cache")
  }

  private func script(_ bytes: [UInt8], caching: String) -> APIResponse {
    APIResponse(
      headers: [
        .contentType: "text/javascript; charset=utf-8", .cacheControl: caching,
        .xContentTypeOptions: "nosniff",
      ], body: .whole(ByteBuffer(bytes: bytes)))
  }

  /// The markup of a form that is open, or nil.
  private func markup(_ id: Int64) async throws -> FormMarkup? {
    guard let form = try await forms.form(id), form.values.closure(at: clock.now) == nil else {
      return nil
    }
    return FormMarkup(form: form, known: try await fields.current(), site: site)
  }

  /// The values of the query for the fields of a form.
  private func values(of form: Form, _ request: APIRequest) -> [String: String] {
    var values: [String: String] = [:]
    for field in form.fields where field.type.isInput && field.type != .password {
      let given = request.query[field.alias]
      if let text = given?.text ?? given?.elements?.compactMap(\.text).joined(separator: "|") {
        values[field.alias] = String(text.prefix(2_048))
      }
    }
    return values
  }

  /// The addresses of `css`, with commas or as a list.
  private func styleSheets(_ request: APIRequest) -> [String] {
    (request.query["css"]?.commaList ?? []).prefix(10).filter { WebTarget.host(of: $0) != nil }
  }
}
