"use strict";

const place = document.getElementById("swagger");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// A change that is authenticated by cookie needs the anti-forgery header.
const withAntiForgery = (request) => {
  const found = document.cookie.match(/(?:^|; )XSRF-TOKEN=([^;]+)/);
  if (found && new URL(request.url, location.href).origin === location.origin) {
    request.headers["X-XSRF-TOKEN"] = decodeURIComponent(found[1]);
  }
  return request;
};

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  requestInterceptor: withAntiForgery,
  validatorUrl: null,
});
