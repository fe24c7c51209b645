import API
import HTTPTypes
import Hummingbird

/// How a form comes onto a website, and what it looks like there.
enum FormEmbedPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/forms/{id}/embed", needs: .on(.forms, .view)) { .page(try await embed($0)) },
      .get("/forms/{id}/preview", needs: .on(.forms, .view)) { page in
        let form = try await FormPages.form(page)
        return .other(PreviewDocument.answer(form["cachedHtml"]?.text ?? "", page))
      },
    ]
  }

  private static func embed(_ page: PageRequest) async throws -> Page {
    let form = try await FormPages.form(page)
    let id = form["id"]?.text ?? ""
    let site = page.console.site
    let content = template(
      [
        "site": site, "id": id, "name": form["name"]?.text ?? "",
        "html": form["cachedHtml"]?.text ?? "",
        "isPublished": form["isPublished"]?.truth == true,
        "hasFields": !FormFieldPages.fields(form).isEmpty,
        "preview": "/console/forms/\(id)/preview",
        "noticeHTML": form["isPublished"]?.truth == true
          ? HTML.empty
          : Alert(.warn, page.texts("The form is not published: visitors see nothing of it."))(page)
          ,
      ], page.texts)
    return FormPages.page(form, "embed", content, page)
  }

  private static let template = Template(
    #"""
    {{{noticeHTML}}}<div class="split"><div>
    <section class="panel"><header class="panel-head"><h2>[[Script]]</h2><span class="sub">[[Follows all later changes of the form]]</span></header><div class="panel-body stack tight"><p class="muted">[[Paste this where the form shall stand.]]</p><div class="code wrap"><pre><code id="code-script">&lt;script src=&quot;{{site}}/form/generate.js?id={{id}}&quot;&gt;&lt;/script&gt;</code></pre><button class="button small" type="button" data-copy="#code-script" data-copied="[[Copied]]">[[Copy]]</button></div></div></section>
    <section class="panel"><header class="panel-head"><h2>[[Frame]]</h2><span class="sub">[[Keeps apart from the page around it]]</span></header><div class="panel-body stack tight"><p class="muted">[[With the tracking script on the page the frame grows with the form.]]</p><div class="code wrap"><pre><code id="code-frame">&lt;iframe src=&quot;{{site}}/form/embed/{{id}}&quot; title=&quot;{{name}}&quot; width=&quot;100%&quot; height=&quot;560&quot; frameborder=&quot;0&quot;&gt;&lt;/iframe&gt;</code></pre><button class="button small" type="button" data-copy="#code-frame" data-copied="[[Copied]]">[[Copy]]</button></div></div></section>
    <section class="panel"><header class="panel-head"><h2>[[Manual copy]]</h2><span class="sub">[[Stays as it is now]]</span></header><div class="panel-body stack tight"><p class="muted">[[The script belongs onto the page once, the form where it shall stand.]]</p><div class="code wrap"><pre><code id="code-client">&lt;script src=&quot;{{site}}/media/js/mautic-form.js&quot;&gt;&lt;/script&gt;</code></pre><button class="button small" type="button" data-copy="#code-client" data-copied="[[Copied]]">[[Copy]]</button></div><div class="code wrap"><pre><code id="code-html">{{html}}</code></pre><button class="button small" type="button" data-copy="#code-html" data-copied="[[Copied]]">[[Copy]]</button></div></div></section>
    <section class="panel"><header class="panel-head"><h2>[[A page of its own]]</h2></header><div class="panel-body"><p>{{#isPublished}}<a href="{{site}}/form/{{id}}" target="_blank" rel="noopener">{{site}}/form/{{id}}</a>{{/isPublished}}{{^isPublished}}<span class="muted">{{site}}/form/{{id}}</span>{{/isPublished}}</p></div></section>
    </div><aside><section class="panel"><header class="panel-head"><h2>[[Preview]]</h2></header><div class="panel-body">{{#hasFields}}<iframe class="preview" src="{{preview}}" sandbox title="[[Preview of the form]]"></iframe>{{/hasFields}}{{^hasFields}}<p class="muted">[[The form has no fields yet.]]</p>{{/hasFields}}</div></section></aside></div>
    """#)
}

/// A document of a user's own for a frame of the console, in which nothing runs and from which nothing is sent (CSL-4).
enum PreviewDocument {
  /// - Parameters:
  ///   - markup: What the body of the document holds.
  ///   - script: A script of ours that runs in it, apart from the console; empty for none.
  static func answer(_ markup: String, script: String = "", _ page: PageRequest) -> APIResponse {
    let nonce = String(UInt64.random(in: .min ... .max), radix: 36)
    let code = script.isEmpty ? "" : "<script nonce=\"\(nonce)\">\(script)</script>"
    let scripts = script.isEmpty ? "" : "script-src 'nonce-\(nonce)'; "
    return answer(
      html: """
        <!doctype html><html lang="\(page.texts.language.rawValue)"><head><meta charset="utf-8">\
        <meta name="viewport" content="width=device-width, initial-scale=1"><title>Preview</title>\
        <style>body { margin: 16px; font-family: system-ui, sans-serif; color: #1d1d1f; background: #fff; }</style>\
        </head><body>\(markup)\(code)</body></html>
        """,
      policy: """
        default-src 'none'; \(scripts)style-src 'unsafe-inline'; img-src 'self' data: https:; \
        font-src 'self' https:; form-action 'none'; frame-ancestors 'self'; \
        sandbox\(script.isEmpty ? "" : " allow-scripts")
        """)
  }

  /// A whole document under a policy, which has to keep it apart from the console.
  static func answer(html: String, policy: String) -> APIResponse {
    APIResponse(
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
        .contentSecurityPolicy: policy, .referrerPolicy: "no-referrer", .robots: "noindex",
      ], body: .whole(ByteBuffer(string: html)))
  }
}
