// Starts each part of the page; a part that fails leaves the others alone.

import * as nights from "./nights.js";
import * as orders from "./orders.js";
import * as place from "./place.js";
import * as upload from "./upload.js";

orders.start();
place.start();
upload.start();
nights.load();
