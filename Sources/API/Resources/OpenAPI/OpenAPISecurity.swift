/// How users tell who they are (API page, section 2).
enum OpenAPISecurity {
  static let schemes = ["basic", "bearer", "token", "oauth2"]

  static let components: JSONObject = [
    "basic": ["type": "http", "scheme": "basic"],
    "bearer": ["type": "http", "scheme": "bearer"],
    "token": ["type": "apiKey", "in": "query", "name": "access_token"],
    "oauth2": [
      "type": "oauth2",
      "flows": [
        "authorizationCode": [
          "authorizationUrl": "/oauth/v2/authorize", "tokenUrl": "/oauth/v2/token",
          "refreshUrl": "/oauth/v2/token", "scopes": [:],
        ],
        "clientCredentials": ["tokenUrl": "/oauth/v2/token", "scopes": [:]],
      ],
    ],
  ]
}
