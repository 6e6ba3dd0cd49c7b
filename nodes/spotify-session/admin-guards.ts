import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { DescribedError } from "./described-error";
import { whyForeign } from "./foreign-request";

const NO_JSON: DescribedError = {
  code: "INVALID_ARGUMENT",
  message: "This wants JSON: send the header content-type: application/json.",
};

/** Lets a request pass, unless a page of another site asks. */
export const fromHere: RequestHandler = (request: Request, response: Response, next: NextFunction) => {
  const error = whyForeign(request.headers);
  if (error) response.status(403).json({ error });
  else next();
};

/** Lets a request pass if it comes with JSON: any site can have a browser post a form, without asking first. */
export const withJson: RequestHandler = (request: Request, response: Response, next: NextFunction) => {
  if (request.is("application/json")) next();
  else response.status(400).json({ error: NO_JSON });
};
