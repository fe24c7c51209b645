extension AccountPage {
  /// The document around the content of a page: one card, in the colours of the console, with its style within it, so that
  /// it needs nothing else from anywhere.
  static func html(_ title: String, _ content: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(PublicPage.escape(title)) · Martlet</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
    <meta name="color-scheme" content="light dark"><style>\(style)</style></head>
    <body><p class="brand">Martlet</p><main><h1>\(PublicPage.escape(title))</h1>\(content)</main></body></html>
    """
  }

  private static let style = """
    :root{--bg:#f5f6f8;--surface:#fff;--border:#dfe2e8;--edge:#868c9c;--text:#1b1e28;--muted:#5a6072;--accent:#2a52be;\
    --bad:#a52a22;--bad-soft:#fbe9e7}\
    @media(prefers-color-scheme:dark){:root{--bg:#14161c;--surface:#1c1f27;--border:#31353f;--edge:#7d8494;\
    --text:#e8eaf0;--muted:#a4abba;--accent:#8aa8ff;--bad:#ff9d94;--bad-soft:#3a2220}}\
    *{box-sizing:border-box}\
    body{margin:0;padding:12vh 1rem 2rem;background:var(--bg);color:var(--text);font:15px/1.5 Inter,system-ui,sans-serif}\
    .brand,main{width:100%;max-width:24rem;margin:0 auto}\
    .brand{margin-bottom:1rem;font-size:1.1rem;font-weight:650;text-align:center}\
    main{padding:1.5rem;border:1px solid var(--border);border-radius:10px;background:var(--surface);\
    box-shadow:0 1px 3px rgb(0 0 0/8%)}\
    h1{margin:0 0 1rem;font-size:1.35rem;line-height:1.25}h2{margin:1.5rem 0 .5rem;font-size:1.05rem}\
    p{margin:0 0 1rem;overflow-wrap:anywhere}label{display:block;font-weight:550}\
    input:not([type=checkbox],[type=hidden]){display:block;width:100%;margin-top:.25rem;padding:.55rem .7rem;\
    border:1px solid var(--edge);border-radius:6px;background:var(--surface);color:inherit;font:inherit}\
    input[type=checkbox]{margin:0 .4rem 0 0}\
    button{padding:.55rem 1rem;border:1px solid var(--edge);border-radius:6px;background:var(--surface);\
    color:inherit;font:inherit;font-weight:600;cursor:pointer}\
    form p:last-of-type button:first-child{border-color:var(--accent);background:var(--accent);color:var(--surface)}\
    :focus-visible{outline:2px solid var(--accent);outline-offset:2px}a{color:var(--accent)}\
    [role=alert]{padding:.7rem .9rem;border-radius:6px;background:var(--bad-soft);color:var(--bad)}\
    pre,code{font:13px/1.6 ui-monospace,monospace;overflow-wrap:anywhere}pre{padding:.8rem;border-radius:6px;\
    background:var(--bg)}svg{max-width:100%;height:auto;background:#fff}
    """
}
